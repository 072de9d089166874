import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { memoryEnv } from '../support/env.js';

const MINE = `name: mine
summary: fewer users, and the LLM fails
expect: [HighErrorRate]
incidents:
  - { name: fewer, offset: 2m, duration: 6m, change: { multiply: { traffic: 0.5 } } }
  - { name: failing, offset: 4m, duration: 2m, change: { set: { chatapi.server_error: 1 } } }
`;
const FILES = {
  'mine.yaml': MINE,
  // The same in other words: that changes nothing.
  'same.yaml': `# mine\n${MINE.replace('6m', '360s').replace('fewer users', 'less')}`,
  'other.yaml': MINE.replace('0.5', '0.6'),
  'bad.yaml': MINE.replace('traffic', 'trafic'),
  'hung.yaml': `name: hung
summary: a job hangs
expect: []
incidents: [{ name: hung, offset: 1m, duration: 5m, jobs: hang }]
`,
};

async function ragmon(...argv: string[]) {
  const env = memoryEnv(argv, { files: FILES, startsAt: '2026-03-10T00:00:00Z' });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), files: env.files };
}

const world = ['--seed', 'mine', '--rate', '2'];
async function played(...argv: string[]) {
  const { code, out, err } = await ragmon(
    ...['simulate', '--dry-run', '--json', '--start', '2026-03-02T00:00:00Z', '-d', '12m'],
    ...[...world, ...argv],
  );
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out).truth;
}

type Jobs = { job: number; increments: Record<string, number> }[];
const requestsOf = (services: Record<string, Jobs>) =>
  services
    .vectorlens!.flatMap(({ increments }) => Object.entries(increments))
    .filter(([id]) => id.startsWith('vectorlens_request_total'))
    .reduce((sum, [, value]) => sum + value, 0);

describe('a scenario of one’s own', () => {
  test('is named in the ledger with a digest of what it does, not of how it is written', async () => {
    const truths = await Promise.all(
      ['mine.yaml', 'same.yaml', 'other.yaml'].map((file) => played('--scenario', file)),
    );
    const ids = truths.map(({ options }) => options.scenario);
    expect(ids[0]).toMatch(/^mine#[0-9a-f]{8}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(truths[0].incidents).toEqual([
      {
        ...{ name: 'fewer', scenario: 'mine' },
        ...{ from: '2026-03-02T00:02:00.000Z', to: '2026-03-02T00:08:00.000Z' },
      },
      {
        ...{ name: 'failing', scenario: 'mine' },
        ...{ from: '2026-03-02T00:04:00.000Z', to: '2026-03-02T00:06:00.000Z' },
      },
    ]);
    expect(truths[1].services).toEqual(truths[0].services);
    expect(requestsOf(truths[2].services)).not.toBe(requestsOf(truths[0].services));
  });

  test('in shards: together they are the one run', async () => {
    const jobs = ['--scenario', 'mine.yaml', '--jobs', '2', '--instance', 'load'];
    const [whole, ...shards] = await Promise.all(
      [[], ['--shard', '0/2'], ['--shard', '1/2']].map((shard) => played(...jobs, ...shard)),
    );
    expect(new Set(shards.map(({ options }) => options.scenario))).toEqual(
      new Set([whole.options.scenario]),
    );
    const together = shards.flatMap(({ services }) => services.vectorlens as Jobs);
    expect(together.sort((a, b) => a.job - b.job)).toEqual(whole.services.vectorlens);
  });

  test('in a history, at its date, is what it is live', async () => {
    const { code, files } = await ragmon(
      ...['backfill', '--from', '2026-03-02', '--to', '2026-03-02', '-o', 'day.csv', ...world],
      ...['--scenario', 'mine.yaml@2026-03-02', '--events', 'events.json'],
    );
    expect(code).toBe(0);
    const truth = await played('--scenario', 'mine.yaml', '-d', '1d');
    const [, requests] = files.get('day.csv')!.split('\n')[1]!.split(',');
    expect(Number(requests)).toBe(requestsOf(truth.services));
    const { scenario, incidents } = JSON.parse(files.get('events.json')!);
    expect(scenario).toBe(`${truth.options.scenario}@2026-03-02T00:00:00.000Z`);
    expect(incidents[1].change).toEqual({ set: { 'chatapi.server_error': 1 } });
  });
});

describe('wrong usage: exit 2', () => {
  test.each([
    [['simulate', '--scenario', 'bad.yaml'], 'bad.yaml:5:68: there is no parameter "trafic"'],
    [['simulate', '--scenario', 'bad.yaml'], 'did you mean traffic?'],
    [['simulate', '--scenario', './no.yml'], 'cannot read the scenario: ENOENT'],
    [['simulate', '--scenario', 'mine.yaml', '-d', '2m'], 'too short for incident "fewer"'],
    [['backfill', '--scenario', 'bad.yaml@2026-03-02'], 'bad.yaml:5:68: there is no parameter'],
    [['backfill', '--scenario', 'mine.yaml'], 'mine.yaml needs the date or time'],
    [['backfill', '--scenario', 'mine.yaml@noon'], '--scenario: "noon" is not a time'],
    [['backfill', '--scenario', 'stuck-job@2026-03-02'], 'nothing of stuck-job is in a history'],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await ragmon(...argv, '--quiet');
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(message) });
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});

test('a dry run shows what a job that hangs at the end did not push: nothing of it', async () => {
  /** Lines of two jobs, but for the names of their runs. */
  const shown = async (duration: string, ...argv: string[]) => {
    const { code, out, err } = await ragmon(
      ...['simulate', '--dry-run', '--start', '2026-03-02T00:00:00Z', '-d', duration],
      ...[...world, '--service', 'chatapi', '--instance', 'a', '--jobs', '2', ...argv],
    );
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n').filter((line) => !line.startsWith('ragmon_run_info'));
    return ['a-0', 'a-1'].map((job) => lines.filter((line) => line.includes(`instance="${job}"`)));
  };
  const [hung, at1m, at4m, over, at7m] = await Promise.all([
    shown('4m', '--scenario', 'hung.yaml'),
    shown('1m'),
    shown('4m'),
    shown('7m', '--scenario', 'hung.yaml'),
    shown('7m'),
  ]);
  const counted = (lines: string[]) =>
    lines.filter((line) => /^[a-z]+_\w+_(total|count|sum|bucket)\{/.test(line));
  expect(counted(at1m[0]!).length).toBeGreaterThan(100);
  expect(counted(at1m[0]!)).not.toEqual(counted(at4m[0]!));
  expect(counted(hung[0]!)).toEqual(counted(at1m[0]!));
  expect(hung[0]!.join()).not.toContain('ragmon_job_last_success');
  expect(hung[1]).toEqual(at4m[1]);
  expect(hung[1]!.join()).toContain('ragmon_job_last_success');
  expect(over).toEqual(at7m);
});
