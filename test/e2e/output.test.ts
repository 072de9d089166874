import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.js';
import { runCli } from '../support/cli.js';
import { spawnGuarded, temporaryFolder, until } from '../support/processes.js';
import { needs, type Server, startEmbedded, startPushgateway } from '../support/servers.js';
import { storedIn } from './gateway.js';

const BIN = new URL('../../bin/ragmon.js', import.meta.url).pathname;
const ARGS = ['simulate', '-d', '2s', '-i', '1s', '--warmup', '0', '-s', 'docstore'];
const DRY = ['simulate', '--dry-run', '-d', '10m', '--start', '2026-03-02T09:00:00Z'];

needs('prometheus-pushgateway')('what ragmon simulate writes', () => {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await startPushgateway();
  });

  test('--json: one document on stdout, nothing else', async () => {
    const { code, stdout } = await runCli([...ARGS, '-g', gateway.url, '--json', '--seed', 'j']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      seed: 'j',
      scenario: null,
      gateway: gateway.url,
      failures: [],
      services: [{ name: 'docstore', pushes: { ok: 2, failed: 0 } }],
    });
  });

  test('-q: nothing at all', async () => {
    const { code, stdout, stderr } = await runCli([...ARGS, '-g', gateway.url, '-q']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('no terminal: no escape sequences', async () => {
    const { stdout, stderr } = await runCli([...ARGS, '-g', gateway.url]);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/^00:01\/00:02 docstore \d+ req/m);
  });

  test('flag before variable before .env', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, '.env'),
      `PUSHGATEWAY_URL=${gateway.url}\nRAGMON_INSTANCE=dotenv\nRAGMON_SEED=dotenv\n`,
    );
    const play = async (args: string[], env: Record<string, string>) => {
      const { code, stdout } = await runCli([...ARGS, '--json', ...args], { cwd, env });
      expect(code).toBe(0);
      return JSON.parse(stdout).seed;
    };
    expect(await play([], {})).toBe('dotenv');
    expect(await play([], { RAGMON_SEED: 'variable', RAGMON_INSTANCE: 'variable' })).toBe(
      'variable',
    );
    expect(await play(['--seed', 'flag'], { RAGMON_SEED: 'variable' })).toBe('flag');
    const groups = [...(await storedIn(gateway.url)).keys()];
    expect(groups).toEqual(expect.arrayContaining(['docstore/dotenv', 'docstore/variable']));
  });
});

test('--dry-run: text format on stdout that promtool and a gateway accept', async () => {
  const { code, stdout, stderr } = await runCli([...DRY, '--jobs', '2', '--instance', 'i']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^# TYPE (\S+)/gm)!.length).toBe(
    new Set(stdout.match(/^# TYPE (\S+)/gm)).size,
  );
  expect(stdout).toMatch(
    /^vectorlens_request_total\{endpoint="search",status="success",instance="i-1",job="vectorlens"\} \d+$/m,
  );
  const check = spawnGuarded('promtool', ['check', 'metrics'], { stdin: stdout });
  // 3: the catalogue's names break a lint rule here and there; 1 would be text that does not parse.
  expect([0, 3]).toContain((await check.exited).code);
  expect(check.output()).not.toMatch(/error while linting|parsing/);
});

test('--dry-run --json: the ledger, byte-identical every time', async () => {
  const runs = await Promise.all([1, 2].map(() => runCli([...DRY, '--json', '--instance', 'i'])));
  expect(runs[0]!.stdout).toBe(runs[1]!.stdout);
  const ledger = Ledger.parse(JSON.parse(runs[0]!.stdout));
  expect(ledger.delivery).toBeNull();
  expect(ledger.truth).toMatchObject({ start: '2026-03-02T09:00:00.000Z', seed: 'ragmon' });
});

test('a reader that goes away does not end a run with an error', async () => {
  const pipe = spawnGuarded('bash', [
    '-c',
    `set -o pipefail; "${process.execPath}" "${BIN}" ${DRY.join(' ')} --jobs 20 | head -1`,
  ]);
  const { code } = await pipe.exited;
  expect({ code, output: pipe.output() }).toEqual({
    code: 0,
    output: '# HELP vectorlens_request_total Requests that users sent to vectorlens.\n',
  });
});

test('a reader and a gateway that go away: a live run plays on to its end, then exit 1', async () => {
  const gateway = await startEmbedded();
  const live = ['simulate', '-d', '6s', '-i', '1s', '--warmup', '0', '-s', 'docstore', '-v'];
  const more = ['-g', gateway.url, '--retries', '0'].join(' ');
  const pipe = spawnGuarded('bash', [
    '-c',
    `set -o pipefail; "${process.execPath}" "${BIN}" ${live.join(' ')} ${more} 2>&1 | head -1`,
  ]);
  await until('the first line', () => pipe.output() !== '');
  await gateway.kill();
  const { code } = await pipe.exited;
  expect({ code, output: pipe.output() }).toEqual({
    code: 1,
    output: expect.stringMatching(/^00:01\/00:06 docstore .*\n$/),
  });
});

test('a full disk: exit 1 and one clear line', async () => {
  const run = spawnGuarded('bash', [
    '-c',
    `"${process.execPath}" "${BIN}" ${DRY.join(' ')} > /dev/full`,
  ]);
  const { code } = await run.exited;
  expect({ code, output: run.output() }).toEqual({
    code: 1,
    output: expect.stringMatching(/^ragmon: cannot write the output: .*ENOSPC.*\n$/),
  });
});

test('a ledger that cannot be written: found before anything is sent', async () => {
  const run = await runCli([...ARGS, '-g', 'http://127.0.0.1:9', '--ledger', '/nowhere/l.json']);
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/^ragmon: cannot write the ledger: .*\/nowhere/);
});
