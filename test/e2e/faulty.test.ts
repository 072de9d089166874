import { expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.js';
import { runCli, startCli } from '../support/cli.js';
import { type FaultyMode, startFaultyGateway } from '../support/faulty-gateway.js';
import { until } from '../support/processes.js';
import { freePort } from '../support/servers.js';
import { ledgerFile } from './gateway.js';
import { type InProcess, ragmon, timeoutFor } from './in-process.js';

/** An empty listing is also a fine answer to a push. */
const FINE: FaultyMode = { status: 200, body: '{"status":"success","data":[]}' };
const ARGS = [
  ...['simulate', '-s', 'chatapi', '-d', '2s', '-i', '1s', '--warmup', '0', '--instance', 'f'],
  ...['--retries', '2', '--start', '2026-03-02T09:00:00Z'],
];
const LEDGER = ['--ledger', 'ledger.json'];

function groupOf({ files }: InProcess) {
  return Ledger.parse(JSON.parse(files.get('ledger.json')!)).delivery!.groups[0]!;
}

test.concurrent.each<[string, FaultyMode, RegExp]>([
  ['reset', 'reset', /ECONNRESET|other side closed|socket hang up/i],
  ['503 with Retry-After', { status: 503, headers: { 'retry-after': '30' } }, /503/],
  ['endless 500', { status: 500, body: 'boom\nbang' }, /500.*boom bang/],
  ['429', { status: 429, body: 'slow down' }, /429.*slow down/],
  [
    '400 with text',
    { status: 400, body: 'pushed metrics are invalid' },
    /400.*pushed metrics are invalid/,
  ],
  ['401', { status: 401 }, /401/],
  ['redirect', { status: 307, headers: { location: '/elsewhere' } }, /307/],
  ['garbage', 'garbage', /Pushgateway|parse|protocol|HTTP/i],
  ['no headers', 'no headers', /no answer within/],
  ['endless body', 'endless body', /no end of the answer within/],
  ['flood', 'flood', /the answer is longer than 65536 bytes/],
])('%s at every push: exit 1 in time, a clear line, what was not stored', async (_, mode, text) => {
  const gateway = await startFaultyGateway();
  gateway.mode(FINE, mode);
  const run = await ragmon([...ARGS, ...LEDGER, ...timeoutFor(mode), '-g', gateway.url]);
  expect(run.code).toBe(1);
  expect(run.seconds).toBeLessThan(10);
  expect(run.stderr).toMatch(text);
  expect(run.stderr).not.toMatch(/\n\s+at /);
  expect(run.stdout).toContain('failed    {job="chatapi",instance="f"}');
  expect(run.stderr).toMatch(
    /1 of 1 groups not as they should be: .*\{job="chatapi",instance="f"\}/,
  );
  expect(groupOf(run)).toMatchObject({ stored: false, error: expect.stringMatching(text) });
  expect(gateway.requests.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(0);
  await gateway.stop();
});

test.concurrent.each<[string, FaultyMode]>([
  ['500', { status: 500 }],
  ['garbage', 'garbage'],
  ['no headers', 'no headers'],
  ['not JSON', { status: 200, body: '<html>' }],
])('%s at the first reading: exit 1, and nothing is pushed over old values', async (_, mode) => {
  const gateway = await startFaultyGateway({ mode });
  const run = await ragmon([...ARGS, ...timeoutFor(mode), '-g', gateway.url]);
  expect(run.code).toBe(1);
  expect(run.seconds).toBeLessThan(10);
  expect(run.stderr).toMatch(/^ragmon: listing the groups at http/m);
  expect(gateway.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  await gateway.stop();
});

test.concurrent('nobody listens: exit 1, says what to do', async () => {
  const run = await ragmon([...ARGS, '-g', `http://127.0.0.1:${await freePort()}`]);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/ECONNREFUSED/);
  expect(run.stderr).toContain('is a Pushgateway running there?');
});

test.concurrent('connections closed after each reply: every state arrives', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(FINE, 'close after reply');
  const run = await ragmon([...ARGS, ...LEDGER, '-g', gateway.url]);
  expect(run.code).toBe(0);
  expect(groupOf(run)).toMatchObject({ stored: true });
  await gateway.stop();
});

test.concurrent('trouble in between is made good by the last push: exit 0', async () => {
  const gateway = await startFaultyGateway();
  // The listing at the end finds no JSON: whose the groups are is then not known, and said.
  gateway.mode(FINE, { status: 500 }, { status: 500 }, { status: 500 }, 'ok');
  const run = await ragmon([...ARGS, ...LEDGER, '-d', '4s', '-g', gateway.url]);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('whether the groups are still this run’s own is not known');
  const { pushes, ...group } = groupOf(run);
  expect(group).toMatchObject({ stored: true, error: null });
  expect(pushes.failed + pushes.retried).toBeGreaterThan(0);
  await gateway.stop();
});

test.concurrent('a group that is gone at the end: reported, exit 1', async () => {
  const gateway = await startFaultyGateway({ mode: FINE });
  const run = await ragmon([...ARGS, '-g', gateway.url]);
  expect(run.code).toBe(1);
  expect(run.stdout).toMatch(/at the end the group was no longer\s+there: somebody deleted it/);
  await gateway.stop();
});

test.concurrent('a stop while the gateway is first read: ends at once', async () => {
  const gateway = await startFaultyGateway({ mode: 'no headers' });
  const running = startCli([...ARGS, '--timeout', '20s', '-g', gateway.url]);
  await until('a question', () => gateway.requests.length > 0);
  const asked = performance.now();
  running.kill('SIGINT');
  const run = await running.exited;
  const stderr = 'ragmon: stopped by SIGINT before anything was pushed\n';
  expect(run).toMatchObject({ code: 130, stderr });
  expect(performance.now() - asked).toBeLessThan(4000);
  await gateway.stop();
});

test.concurrent('a stop does not wait for a gateway that never answers', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(FINE, 'no headers');
  const running = startCli([...ARGS, '-d', 'inf', '--timeout', '2s', '-g', gateway.url]);
  await until('a push', () => gateway.requests.length > 1);
  const asked = performance.now();
  running.kill('SIGTERM');
  expect((await running.exited).code).toBe(143);
  expect(performance.now() - asked).toBeLessThan(5000);
  await gateway.stop();
});

test.concurrent('a second signal ends at once', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(FINE, 'no headers');
  const run = startCli([...ARGS, '-d', 'inf', '--timeout', '20s', '-g', gateway.url, '-v']);
  await run.waitFor(/00:01/);
  run.kill('SIGINT');
  // Long enough for it to be another signal, also where the first was heard late.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const asked = performance.now();
  run.kill('SIGINT');
  expect((await run.exited).code).toBe(130);
  expect(performance.now() - asked).toBeLessThan(5000);
  await gateway.stop();
});

test.concurrent('a secret appears nowhere', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(FINE, { status: 401, body: 'no: c2VjcmV0OmhvbmV5YmVl / honeybee' });
  const ledger = ledgerFile();
  const run = await runCli([...ARGS, '-v', '-g', gateway.url, '--ledger', ledger.path], {
    env: { PUSHGATEWAY_USERNAME: 'secret', PUSHGATEWAY_PASSWORD: 'honeybee' },
  });
  expect(run.code).toBe(1);
  expect(gateway.requests[0]!.headers.authorization).toBe('Basic c2VjcmV0OmhvbmV5YmVl');
  expect(run.stdout + run.stderr + ledger.text()).not.toMatch(/honeybee|c2VjcmV0/);
  await gateway.stop();
});
