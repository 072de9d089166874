import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import type { CleanupDocument } from '../../src/commands/cleanup/document.js';
import type { GroupingKey } from '../../src/pushgateway/grouping-key.js';
import { agedGateway, FOREIGN, HOUR, RUNNING } from '../cleanup/gateways.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';
import { type FaultyGateway, startFaultyGateway } from '../support/faulty-gateway.js';
import { screen } from '../ui/screen.js';

const key = (name: string, job = 'chatapi'): GroupingKey => ({ job, labels: { instance: name } });

async function ragmon(url: string, argv: string[], options: MemoryOptions = {}) {
  const env = memoryEnv(['cleanup', '-g', url, ...argv], { clock: 'real', ...options });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), listeners: env.listeners() };
}

async function foreigners(n: number) {
  const gateway = await agedGateway();
  for (let i = 0; i < n; i++) await gateway.push(key(`f${i}`, 'backup'), HOUR, FOREIGN);
  return gateway;
}

describe('wrong usage: exit 2, one clear line, nothing asked of the gateway', () => {
  let gateway: FaultyGateway;
  beforeAll(async () => {
    gateway = await startFaultyGateway();
  });
  afterAll(() => gateway.stop());

  test.each([
    [['--older-than', 'soon'], '--older-than: "soon" is not a duration'],
    [['--older-than', '-5m'], '--older-than: "-5m" is not a duration'],
    [['-s', 'nosuch'], '--service: there is no service "nosuch"'],
    [['--job', ''], '--job must not be empty'],
    [['--job', 'a[b'], '--job: "a[b" ends inside ['],
    [['--match', 'chatapi'], '--match: "chatapi" is no selector'],
    [['--match', '{}'], '--match: "{}" needs a matcher'],
    [['--match', '{job=~"(a+"}'], '--match: "(a+" is no regular expression: missing closing )'],
    [['--any-owner'], '--any-owner needs --job or --match, or --yes'],
    [['--any-owner', '-s', 'all'], '--any-owner needs --job or --match, or --yes'],
    [['--keep', '-1'], '--keep: "-1" is not a whole number'],
    [['--max', '1.5'], '--max: "1.5" is not a whole number'],
    [['--every', '0'], '--every must be longer than 0'],
    [['--wait', 'x'], '--wait: "x" is not a duration'],
    [['--concurrency', '0'], '--concurrency: "0" is not a whole number'],
    [['--gateway', 'nonsense'], 'not a URL of a Pushgateway'],
    [['extra'], 'too many arguments'],
    [['--bogus'], "unknown option '--bogus'"],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await ragmon(gateway.url, argv);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(message) });
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(gateway.requests).toEqual([]);
  });
});

test('not on a terminal: a line; the plan only where it is asked for', async () => {
  const { url, push, ids } = await agedGateway();
  await push(key('old'), HOUR);
  await push(key('fresh'), 60);
  await push(key('x', 'backup'), HOUR, FOREIGN);
  const plan = await ragmon(url, ['--dry-run']);
  expect(plan).toMatchObject({ code: 0, err: '', listeners: 0 });
  const [header, ...rows] = plan.out.trimEnd().split('\n');
  expect(header).toMatch(/^ +last push \(UTC\) +age +owner +why +group$/);
  expect(
    rows.map((row) => row.replace(/\d{4}-\S+ \S+ +\S+/, 'then  age').replace(/ {2,}/g, '  ')),
  ).toEqual([
    'delete  then  age  ragmon  stale  {job="chatapi",instance="old"}',
    'stay  then  age  other  not pushed by ragmon  {job="backup",instance="x"}',
    'stay  then  age  ragmon  pushed less than 10m ago  {job="chatapi",instance="fresh"}',
    '1 would be deleted · 2 stay: 1 not pushed by ragmon, 1 pushed less than 10m ago',
  ]);
  expect((await ids()).size).toBe(3);
  expect(await ragmon(url, ['-s', 'chatapi'])).toMatchObject({
    ...{ code: 0, err: '' },
    out: '1 deleted · 1 stay: 1 pushed less than 10m ago · 1 not selected\n',
  });
  expect((await ids()).size).toBe(2);
  expect(await ragmon(url, ['-q'])).toMatchObject({ code: 0, out: '', err: '' });
});

test('--json: one document', async () => {
  const { url, push } = await agedGateway();
  await push({ job: 'chatapi', labels: { zone: '', instance: '/' } }, HOUR);
  await push(key('b'), 2 * HOUR, RUNNING);
  const document = async (...argv: string[]): Promise<CleanupDocument> => {
    const { code, out, err } = await ragmon(url, ['--json', ...argv], { tty: true });
    expect({ code, err, lines: out.split('\n').length }).toEqual({ code: 0, err: '', lines: 2 });
    return JSON.parse(out);
  };
  const plan = await document('--dry-run', '--finished');
  expect(plan).toMatchObject({
    ...{ gateway: url, dryRun: true, stoppedBy: null, error: null, unreadable: [], verified: null },
    counts: { groups: 2, selected: 2, planned: 1, stay: 1, deleted: 0, failed: 0, left: 0 },
  });
  expect(plan.groups[1]).toEqual({
    key: { job: 'chatapi', instance: '/', zone: '' },
    lastPush: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    lastFailure: null,
    ageSeconds: expect.closeTo(HOUR, -1),
    ...{ owner: 'ragmon', verdict: 'delete', reason: 'stale', outcome: null, error: null },
  });
  expect(plan.groups[0]).toMatchObject({ verdict: 'stay', reason: 'unfinished' });
  expect(Math.abs(plan.skewSeconds)).toBeLessThan(5);
  const done = await document('--finished');
  expect(done.counts).toMatchObject({ planned: 1, deleted: 1 });
  expect(done.groups.map(({ outcome }) => outcome)).toEqual([null, 'deleted']);
  expect(done).toMatchObject({ verified: true, dryRun: false });
  expect(done.durations.total).toBeGreaterThan(done.durations.listing);
});

test('more than --max: the plan is shown, nothing is deleted, exit 1', async () => {
  const { url, push, ids } = await agedGateway();
  await push(key('a'), HOUR);
  await push(key('b'), HOUR);
  const refused = await ragmon(url, ['--max', '1'], { tty: true });
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('instance="b"') });
  expect(refused.err).toContain('2 groups would be deleted, which is more than 1: none was');
  const { code, out } = await ragmon(url, ['--max', '1', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    counts: { planned: 2, deleted: 0, left: 2 },
    error: '2 groups would be deleted, which is more than 1: none was',
  });
  expect((await ids()).size).toBe(2);
  expect((await ragmon(url, ['--max', '2'])).code).toBe(0);
});

describe('groups of others', () => {
  const ARGS = ['--any-owner', '--job', 'b*'];

  test('20 go unasked; 21 need --yes where nobody can be asked', async () => {
    const { url, push, ids } = await foreigners(20);
    expect((await ragmon(url, ARGS)).code).toBe(0);
    expect((await ids()).size).toBe(0);
    for (let i = 0; i < 21; i++) await push(key(`f${i}`, 'backup'), HOUR, FOREIGN);
    const refused = await ragmon(url, ARGS);
    expect(refused).toMatchObject({
      ...{ code: 2, out: '' },
      err: expect.stringContaining(
        '21 groups that ragmon did not push would be deleted: that needs --yes',
      ),
    });
    expect((await ids()).size).toBe(21);
    expect((await ragmon(url, ['--any-owner', '--yes'])).code).toBe(0);
    expect((await ids()).size).toBe(0);
  });

  test('on a terminal the person is asked', async () => {
    const { url, ids } = await foreigners(21);
    const question = 'Delete 21 groups that ragmon did not push? [y/N] ';
    for (const answers of [['n'], [''], ['yes, please'], []]) {
      const { code, out, err } = await ragmon(url, ARGS, { tty: true, answers });
      expect({ code, err }).toEqual({ code: 1, err: question });
      expect(out).toMatch(/0 deleted · 21 not tried\n$/);
    }
    expect((await ids()).size).toBe(21);
    expect((await ragmon(url, ARGS, { tty: true, answers: ['Y'] })).code).toBe(0);
    expect((await ids()).size).toBe(0);
  });
});

test('on a terminal: a table that is cut, and a bar that goes', async () => {
  const { url, push } = await agedGateway();
  for (let i = 0; i < 120; i++) await push(key(`g${i}`), HOUR + 120 - i);
  for (let i = 0; i < 25; i++) await push(key(`s${i}`), 0);
  const { code, out, err } = await ragmon(url, ['--no-color'], { tty: true });
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('delete: 70 more, -v shows them\nstay: 5 more, -v shows them\n');
  expect(out).toContain('{job="chatapi",instance="g49"}');
  expect(out).not.toContain('{job="chatapi",instance="g50"}');

  for (let i = 0; i < 120; i++) await push(key(`g${i}`), HOUR);
  const live = await ragmon(url, ['-v'], { tty: true, columns: 100, vars: { TERM: 'xterm' } });
  expect(live.out).toContain('instance="g119"');
  expect(live.err).toMatch(/\rdeleting .*120\/120/);
  expect(screen(live.err, 100).lines.join('')).toBe('');
});

test('the clock of the gateway is another: said, and judged by', async () => {
  const { url, push } = await agedGateway();
  await push(key('a'), 0);
  const env = memoryEnv(['cleanup', '-g', url, '--dry-run'], {
    startsAt: Date.now() + 7 * 24 * HOUR * 1000,
  });
  expect(await run(env)).toBe(0);
  expect(env.err()).toMatch(
    /^ragmon: the gateway’s clock is (7d00h|6d23h) behind this machine’s; ages are by the gateway’s\n$/,
  );
  expect(env.out()).toContain('0 would be deleted · 1 stay: 1 pushed less than 10m ago');
});
