import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type RunningCli, startCli } from '../support/cli.js';
import { spawnGuarded, temporaryFolder, until } from '../support/processes.js';
import { clientOf } from './gateway.js';

const BIN = new URL('../../bin/ragmon.js', import.meta.url).pathname;
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string) => join(folder, `${name}.ragmon`);

/** `ragmon gateway` on a free port, once it is ready. */
async function start(...args: string[]): Promise<{ cli: RunningCli; url: string }> {
  const cli = startCli(['gateway', '--listen', '127.0.0.1:0', ...args]);
  await cli.waitFor(/gateway at http:\S+ \(.*\)\n|"event":"start".*\n/);
  const [url] = /http:\/\/[^\s"]+/.exec(cli.stderr() + cli.stdout())!;
  return { cli, url };
}

/** All that it shows, byte for byte. */
const shown = async (url: string) =>
  await Promise.all(
    ['/metrics', '/api/v1/metrics'].map(async (path) => await (await fetch(url + path)).text()),
  );

const BODY = `# HELP c_total Text with \\\\ and \\n.
# TYPE c_total counter
c_total{l="\\"ä\\\\\\n😀"} 9007199254740993
# TYPE h histogram
h_bucket{le="0.1"} 1.5
h_bucket{le="+Inf"} 2.5
h_sum -Inf
h_count 2.5
# TYPE s summary
s{quantile="0.5"} NaN
s_sum 9
s_count 2
u -0
`;

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s, and a restart: everything is as it was',
  async (signal) => {
    const file = fileOf(signal);
    const { cli, url } = await start('--persistence-file', file);
    const client = clientOf(url);
    await client.put({ job: 'a', labels: { instance: 'i/1' } }, BODY);
    await client.put({ job: 'b', labels: { l: '' } }, 'u 2\n');
    await client.put({ job: 'b', labels: { l: '' } }, 'u 2 1\n').catch(() => {});
    const before = await shown(url);
    const { groups } = await client.list();
    expect(groups.map(({ failureTime }) => failureTime > 0)).toEqual([false, true]);
    await client.close();
    cli.kill(signal);
    const { code, stdout, stderr } = await cli.exited;
    expect({ code, stdout }).toEqual({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^ragmon: stopped by ${signal}; 2 groups in ${file}$`, 'm'));

    const again = await start('--persistence-file', file);
    expect(again.cli.stderr()).toContain(`(2 groups of ${file})`);
    expect(await shown(again.url)).toEqual(before);
    const client2 = clientOf(again.url);
    expect((await client2.list()).groups).toEqual(groups);
    await client2.close();
    again.cli.kill();
    expect((await again.cli.exited).code).toBe(143);
  },
);

test('kill -9 at any time leaves a whole file', { timeout: 120_000 }, async () => {
  const file = fileOf('killed');
  const rows = Array.from({ length: 2000 }, (_, i) => `x{l="${i}",m="${'v'.repeat(100)}"} 1\n`);
  const body = rows.join('');
  const put = async (url: string, n: number) =>
    (await fetch(`${url}/metrics/job/j/n/${n}`, { method: 'PUT', body })).status;
  let certain = 0;
  // A slow disk may need more rounds until one write is over in time.
  for (let round = 0; round < 6 || (certain === 0 && round < 40); round++) {
    // Written without a pause.
    const { cli, url } = await start('--persistence-file', file, '--persistence-interval', '1ms');
    const held = (await shown(url))[0]!.match(/^push_time_seconds\{/gm)?.length ?? 0;
    expect(held).toBeGreaterThanOrEqual(certain);
    certain = held;
    for (let n = 0; n < 4; n++) expect(await put(url, held + n)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 17 * round));
    cli.kill('SIGKILL');
    expect((await cli.exited).signal).toBe('SIGKILL');
  }
  expect(certain).toBeGreaterThan(0);
});

test('what was written is there after a kill -9', async () => {
  const file = fileOf('written');
  const { cli, url } = await start('--persistence-file', file, '-v');
  expect((await fetch(`${url}/metrics/job/a`, { method: 'PUT', body: 'x 1\n' })).status).toBe(200);
  await cli.waitFor(/wrote .*: 1 group, /);
  const before = await shown(url);
  cli.kill('SIGKILL');
  await cli.exited;
  const again = await start('--persistence-file', file);
  expect(await shown(again.url)).toEqual(before);
  again.cli.kill('SIGKILL');
});

test('a file that is damaged: exit 1, two lines, and it is left as it is', async () => {
  const file = fileOf('damaged');
  const { cli, url } = await start('--persistence-file', file);
  await fetch(`${url}/metrics/job/a`, { method: 'PUT', body: 'x 1\n' });
  cli.kill();
  await cli.exited;
  const text = readFileSync(file, 'utf8').replace('"x"', '"y"');
  writeFileSync(file, text);
  const again = startCli(['gateway', '--listen', '127.0.0.1:0', '--persistence-file', file]);
  expect(await again.exited).toMatchObject({
    ...{ code: 1, stdout: '' },
    stderr:
      `ragmon: cannot load the persistence file ${file}: line 3: it was changed: its checksum is another\n` +
      '  it is left as it is: move it away to start empty, or name another file\n',
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a file that cannot be written at the end: exit 1', async () => {
  const gone = temporaryFolder();
  const { cli } = await start('--persistence-file', join(gone, 'x'));
  rmSync(gone, { recursive: true });
  cli.kill();
  const { code, stderr } = await cli.exited;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ragmon: cannot write the persistence file: .*\/x: .*no such file/m);
});

test('a file that may not grow: the old one stays whole, and it is told', async () => {
  const file = fileOf('grown');
  const run = spawnGuarded('bash', [
    '-c',
    `ulimit -f 8; exec "${process.execPath}" "${BIN}" gateway --listen 0 --persistence-file ${file} --persistence-interval 10ms`,
  ]);
  const url = await until('its URL', () => /http:\/\/\S+/.exec(run.output())?.[0]);
  await fetch(`${url}/metrics/job/a`, { method: 'PUT', body: 'x 1\n' });
  const before = await until('a file', () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.includes('"end":1') && text;
  });
  const body = Array.from({ length: 3000 }, (_, i) => `x{l="${i}"} 1\n`).join('');
  expect((await fetch(`${url}/metrics/job/b`, { method: 'PUT', body })).status).toBe(200);
  await until('two failures', () => run.stderr().split('it is tried again').length > 2);
  expect(readFileSync(file, 'utf8')).toBe(before);
  run.kill('SIGTERM');
  expect((await run.exited).code).toBe(1);
  expect(run.stderr()).toMatch(
    /^ragmon: cannot write the persistence file: .*: EFBIG: file too large$/m,
  );
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a port that is taken: exit 1', async () => {
  const { cli, url } = await start('--json');
  const other = startCli(['gateway', '--listen', new URL(url).host]);
  const { code, stdout, stderr } = await other.exited;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`cannot listen on ${new URL(url).host}: EADDRINUSE`);
  cli.kill();
  await cli.exited;
});

test('a second signal ends it at once', async () => {
  const { cli, url } = await start();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // A request under way is waited for; that it is under way it says itself.
  const head = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n';
  socket.write(`${head}Expect: 100-continue\r\n\r\n`);
  expect(`${(await once(socket, 'data'))[0]}`).toMatch(/^HTTP\/1.1 100 /);
  cli.kill('SIGTERM');
  await until('a closed port', () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
  cli.kill('SIGINT');
  expect((await cli.exited).code).toBe(130);
  expect(cli.stderr()).not.toContain('stopped by');
  socket.destroy();
});

test('a reader that goes away does not end it', async () => {
  const run = spawnGuarded(process.execPath, [BIN, 'gateway', '--listen', '0', '--json', '-v']);
  const url = await until('its URL', () => /http:\/\/[^"]+/.exec(run.output())?.[0]);
  run.child.stdout?.destroy();
  for (let i = 0; i < 3; i++) expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  run.kill('SIGTERM');
  expect((await run.exited).code).toBe(143);
});

test('without a file descriptor left it goes on', async () => {
  const run = spawnGuarded('bash', [
    '-c',
    `ulimit -n 40; exec "${process.execPath}" "${BIN}" gateway --listen 127.0.0.1:0`,
  ]);
  const url = await until('its URL', () => /http:\/\/\S+/.exec(run.output())?.[0]);
  const port = Number(new URL(url).port);
  const sockets = Array.from({ length: 80 }, () =>
    connect(port, '127.0.0.1').on('error', () => {}),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(run.ended(), run.output()).toBe(false);
  for (const socket of sockets) socket.destroy();
  const answers = () =>
    fetch(`${url}/-/healthy`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('an answer', answers);
  await run.stop();
});
