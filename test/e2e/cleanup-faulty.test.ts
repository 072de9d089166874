import { expect, test } from 'vitest';
import type { CleanupDocument } from '../../src/commands/cleanup/document.js';
import { startCli } from '../support/cli.js';
import { type FaultyMode, startFaultyGateway } from '../support/faulty-gateway.js';
import { until } from '../support/processes.js';
import { freePort } from '../support/servers.js';
import { ragmon, timeoutFor } from './in-process.js';

const ARGS = ['cleanup', '--retries', '1'];
const NAMES = ['a', 'b', 'c'];

/** A listing of stale groups of ragmon. */
function listing(names: readonly string[] = NAMES): FaultyMode {
  const family = (value: string, labels = {}) => ({
    ...{ type: 'GAUGE', time_stamp: '2026-01-01T00:00:00Z', help: '' },
    metrics: [{ labels, value }],
  });
  const data = names.map((name) => ({
    labels: { job: 'chatapi', instance: name },
    last_push_successful: true,
    push_time_seconds: family('1.7e+09'),
    push_failure_time_seconds: family('0'),
    ragmon_run_info: family('1', { run_id: 'r' }),
  }));
  return { status: 200, body: JSON.stringify({ status: 'success', data }) };
}

const MODES: [string, FaultyMode, RegExp][] = [
  ['reset', 'reset', /ECONNRESET|other side closed|socket hang up/i],
  ['503 with Retry-After', { status: 503, headers: { 'retry-after': '30' } }, /503/],
  ['endless 500', { status: 500, body: 'boom\nbang' }, /500.*boom bang/],
  ['429', { status: 429, body: 'slow down' }, /429.*slow down/],
  ['401', { status: 401 }, /401/],
  ['redirect', { status: 307, headers: { location: '/elsewhere' } }, /307/],
  ['garbage', 'garbage', /Pushgateway|parse|protocol|HTTP/i],
  ['no headers', 'no headers', /no answer within/],
  ['endless body', 'endless body', /no end of the answer within|not JSON/],
];

test.concurrent.each(MODES)(
  '%s at every deletion: each group is named, exit 1',
  async (_, mode, text) => {
    const gateway = await startFaultyGateway();
    gateway.mode(listing(), listing(), mode);
    const result = await ragmon([...ARGS, ...timeoutFor(mode), '-g', gateway.url]);
    expect({ code: result.code, stdout: result.stdout }).toEqual({
      code: 1,
      stdout: '0 deleted · 3 not deleted\n',
    });
    expect(result.seconds).toBeLessThan(20);
    expect(result.stderr).toMatch(text);
    expect(result.stderr).toMatch(/^ragmon: not deleted: deletion of \{…\} at http/m);
    for (const name of NAMES)
      expect(result.stderr).toContain(`  {job="chatapi",instance="${name}"}\n`);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(gateway.requests.filter(({ path }) => path.includes('elsewhere'))).toEqual([]);
    await gateway.stop();
  },
);

test.concurrent.each([
  ...MODES,
  ['not JSON', { status: 200, body: '<html>' }, /is this URL a Pushgateway/],
  [
    'half a listing',
    { status: 200, body: '{"status":"success","data":[{"lab' },
    /not JSON|ends after/,
  ],
  ['a list of nothing', { status: 200, body: '{"status":"success","data":[5]}' }, /not what a/],
] satisfies typeof MODES)(
  '%s at a listing before: exit 1, and nothing is deleted',
  async (_, mode, text) => {
    for (const before of [[], [listing()]]) {
      const gateway = await startFaultyGateway();
      gateway.mode(...before, mode);
      const result = await ragmon([...ARGS, ...timeoutFor(mode), '-g', gateway.url]);
      expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 1, stdout: '' });
      expect(result.seconds).toBeLessThan(20);
      expect(result.stderr).toMatch(/^ragmon: listing the groups at http/m);
      expect(result.stderr).toMatch(text);
      expect(gateway.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      await gateway.stop();
    }
  },
);

test.concurrent.each(MODES)(
  '%s at the last listing: not verified, exit 1',
  async (_, mode, text) => {
    const gateway = await startFaultyGateway();
    gateway.mode(listing(['a']), listing(['a']), 'ok', mode);
    const result = await ragmon([...ARGS, ...timeoutFor(mode), '-g', gateway.url]);
    expect({ code: result.code, stdout: result.stdout }).toEqual({
      code: 1,
      stdout: '1 deleted, not verified\n',
    });
    expect(result.stderr).toMatch(/whether the deleted groups are gone is not known: listing the/);
    expect(result.stderr).toMatch(text);
    await gateway.stop();
  },
);

test('a gateway that takes every deletion and does none: exit 1, and which', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(listing(), listing(), 'ok', 'ok', 'ok', listing(['a', 'c']));
  const result = await ragmon([...ARGS, '-g', gateway.url, '--json']);
  expect(result.code).toBe(1);
  const { counts, groups } = JSON.parse(result.stdout) as CleanupDocument;
  expect(counts).toMatchObject({ planned: 3, deleted: 1, failed: 2 });
  expect(groups.map(({ key, outcome }) => [key.instance, outcome])).toEqual([
    ['a', 'failed'],
    ['b', 'deleted'],
    ['c', 'failed'],
  ]);
  expect(groups[0]!.error).toBe('still there, though the gateway took its deletion');
  expect(gateway.requests.map(({ method }) => method)).toEqual([
    ...['GET', 'GET', 'DELETE', 'DELETE', 'DELETE', 'GET'],
  ]);
  await gateway.stop();
});

test('a moment of trouble is no failure', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(
    { status: 500 },
    listing(['a']),
    'reset',
    listing(['a']),
    { status: 503 },
    'ok',
    listing([]),
  );
  const result = await ragmon([...ARGS, '-g', gateway.url]);
  expect(result).toMatchObject({ code: 0, stdout: '1 deleted\n', stderr: '' });
  await gateway.stop();
});

test('nobody listens: exit 1, says what to do', async () => {
  const result = await ragmon([...ARGS, '-g', `http://127.0.0.1:${await freePort()}`]);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/ECONNREFUSED/);
  expect(result.stderr).toContain('is a Pushgateway running there?');
});

test('--every outlives a gateway in trouble', async () => {
  const gateway = await startFaultyGateway({ mode: { status: 500, body: 'boom' } });
  const janitor = startCli([...ARGS, '-g', gateway.url, '--every', '200ms'], {});
  await janitor.waitFor(/500.*boom[\s\S]*500.*boom/);
  gateway.mode(listing(['a']), listing(['a']), 'ok', listing([]));
  await janitor.waitFor(/^\S+ \S+ 1 deleted$/m);
  await janitor.waitFor(/^\S+ \S+ 0 deleted$/m);
  janitor.kill('SIGINT');
  expect((await janitor.exited).code).toBe(130);
  await gateway.stop();
});

test('a stop while the gateway never answers: soon over, and it says what is left', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(listing(), listing(), 'no headers');
  const cli = startCli(
    ['cleanup', '-g', gateway.url, '--timeout', '2s', '--json', '--concurrency', '1'],
    {},
  );
  await until('a deletion', () => gateway.requests.some(({ method }) => method === 'DELETE'));
  cli.kill('SIGINT');
  const { code, stdout } = await cli.exited;
  expect(code).toBe(130);
  const document = JSON.parse(stdout) as CleanupDocument;
  // Not by its own limits: those are three times as long.
  expect(document.groups[0]!.error).toMatch(/was stopped$/);
  expect(document).toMatchObject({
    stoppedBy: 'SIGINT',
    counts: { planned: 3, deleted: 0, failed: 1, left: 2 },
  });
  await gateway.stop();
});

test('a stop at the first listing, and in the wait: exit by the signal, nothing deleted', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode('no headers');
  const first = startCli(['cleanup', '-g', gateway.url], {});
  await until('a listing', () => gateway.requests.length === 1);
  first.kill('SIGTERM');
  expect(await first.exited).toMatchObject({ code: 143, stdout: '', stderr: '' });

  gateway.mode(listing());
  const waiting = startCli(['cleanup', '-g', gateway.url, '--wait', '1h'], {});
  await waiting.waitFor(/looking again in/);
  expect(gateway.requests.length).toBe(2);
  waiting.kill('SIGINT');
  expect(await waiting.exited).toMatchObject({ code: 130, stdout: '0 deleted · 3 not tried\n' });
  expect(gateway.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  await gateway.stop();
});

test('a secret appears nowhere', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode(listing(), listing(), { status: 401, body: 'no: c2VjcmV0OmhvbmV5YmVl / honeybee' });
  const result = await ragmon([...ARGS, '-v', '--json', '-g', gateway.url], {
    PUSHGATEWAY_USERNAME: 'secret',
    PUSHGATEWAY_PASSWORD: 'honeybee',
  });
  expect(result.code).toBe(1);
  expect(gateway.requests[0]!.headers.authorization).toBe('Basic c2VjcmV0OmhvbmV5YmVl');
  expect(result.stdout + result.stderr).not.toMatch(/honeybee|c2VjcmV0/);
  await gateway.stop();
});
