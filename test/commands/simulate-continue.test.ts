import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { datedGiven } from '../../src/commands/dated-scenario.js';
import { scenarioYaml } from '../../src/commands/scenarios/write.js';
import { createJobMetrics } from '../../src/instruments/job-metrics.js';
import { layoutOf } from '../../src/instruments/layout.js';
import type { HistoryLedger } from '../../src/ledger/history-ledger.js';
import { simulate } from '../../src/run/simulate.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { playedAt } from '../../src/world/dated.js';
import { PRICES, type PriceList, pricesId } from '../../src/world/prices.js';
import { findScenario } from '../../src/world/scenarios.js';
import { addStretch, emptyTotal } from '../../src/world/total.js';
import { createWorld } from '../../src/world/world.js';
import { yearIncidents } from '../../src/world/year.js';
import { storedIn } from '../e2e/gateway.js';
import { testGateway } from '../gateway/gateways.js';
import { memoryEnv } from '../support/env.js';
import { ledgerOfHistory } from '../support/history-ledger.js';

const FROM = Date.parse('2026-03-02T00:00:00Z') / 1000;
const TO = FROM + 3600;
const ledger = ledgerOfHistory({ from: FROM, to: TO });
/** Three hours later, in the middle of a minute. */
const START = TO + 3 * 3600 + 17;

/** Every counter and bucket of the history's world at an instant. */
function truthAt(second: number, world = createWorld(ledgerWorld())): Map<string, number> {
  return new Map(
    SERVICES.flatMap((service) => {
      const total = emptyTotal(service.model);
      addStretch(world, service.model, FROM, second, [total]);
      const metrics = createJobMetrics(service);
      metrics.setTotal(total);
      const { counters } = layoutOf(service);
      return [...metrics.values()].filter(([id]) => counters.has(id));
    }),
  );
}

function ledgerWorld() {
  return { seed: 'history', rate: 1, profile: 'daily' } as const;
}

const change = (edit: (copy: HistoryLedger) => unknown): string => {
  const copy = structuredClone(ledger);
  edit(copy);
  return JSON.stringify(copy);
};
/** Of the group of a service. */
const groupOf = ({ history }: HistoryLedger, service: string) =>
  history.groups.find((group) => group.service === service)!;
const REQUESTS = 'chatapi_request_total{model="gpt-5-mini",status="success"}';
const { history: _, ...live } = ledger;
const prices = (read: number): PriceList => ({
  ...PRICES,
  store: [{ from: '1970-01-01', read, write: 4, storage: 0.33 }],
});
const [LIST, OTHER] = [prices(3), prices(4)];
const FILES = {
  'h.json': JSON.stringify(ledger),
  'text.json': 'hello',
  'other.json': '{}',
  'live.json': JSON.stringify(live),
  'old.json': change(({ truth }) => {
    truth.world = 1;
  }),
  'prices.json': change(({ truth }) => {
    truth.options.prices = '1a2b3c4d';
  }),
  'scenario.json': change(({ truth }) => {
    truth.options.scenario = 'error-burst@now-1h';
  }),
  'strange.json': change(({ truth }) => {
    truth.options.scenario = 'error-burst@2026-03-02T00:10:00Z';
  }),
  'own.json': change(({ truth }) => {
    truth.options.prices = pricesId(LIST);
  }),
  'of-mine.json': change(({ truth }) => {
    truth.options.scenario = 'mine#1a2b3c4d@2026-03-02T00:10:00.000Z';
  }),
  'mine.yaml': scenarioYaml({ ...findScenario('error-burst')!, name: 'mine' }),
  'list.json': JSON.stringify(LIST),
  'other-list.json': JSON.stringify(OTHER),
};

async function play(args: string[], vars: Record<string, string> = {}) {
  const env = memoryEnv(['simulate', ...args], { vars, files: FILES, startsAt: START * 1000 });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), files: env.files };
}

describe('wrong usage: exit 2, one clear line', () => {
  test.each([
    [['no.json'], 'cannot read the ledger: ENOENT'],
    [['text.json'], 'text.json is not a ledger: it is not JSON'],
    [['other.json'], 'other.json is no ledger'],
    [['live.json'], 'live.json is the ledger of a run, not of a history'],
    [['old.json'], 'the ledger is of version 1 of the world, this is version'],
    [['prices.json'], 'no price list is given: the ledger has 1a2b3c4d'],
    [['h.json', '--prices', 'list.json'], `--prices ${pricesId(LIST)}: the ledger has built-in`],
    [
      ['own.json', '--prices', 'other-list.json'],
      `--prices ${pricesId(OTHER)}: the ledger has ${pricesId(LIST)}`,
    ],
    [['scenario.json'], 'the ledger\'s scenario "error-burst@now-1h" cannot be continued'],
    [['strange.json'], "the ledger's incidents are not those of its scenario"],
    [
      ['of-mine.json'],
      "the ledger's scenario mine#1a2b3c4d@2026-03-02T00:10:00.000Z is of somebody's own",
    ],
    [['of-mine.json'], '--scenario <file>@2026-03-02T00:10:00.000Z'],
    [
      ['of-mine.json', '--scenario', 'mine.yaml@2026-03-02T00:10:00Z'],
      '--scenario mine#41285f0f@2026-03-02T00:10:00.000Z: the ledger has mine#1a2b3c4d@',
    ],
    [['of-mine.json', '--scenario', 'no.yaml@2026-03-02'], 'cannot read the scenario: ENOENT'],
    [['h.json', '--seed', 'x'], '--seed x: the ledger has history'],
    [['h.json', '--rate', '2'], '--rate 2: the ledger has 1'],
    [['h.json', '--profile', 'flat'], '--profile flat: the ledger has daily'],
    [['h.json', '--scenario', 'year'], '--scenario year: the ledger has none'],
    [['h.json', '-s', 'chatapi'], '--service chatapi: the ledger has vectorlens,docstore,chatapi'],
    [['h.json', '--instance', 'a'], '--instance a: the ledger has demo'],
    [['h.json', '--label', 'region=us'], '--label region=us: the ledger has region=eu'],
    [['h.json', '--label', 'zone=1'], '--label zone=1: the ledger has none'],
    [['h.json', '--jobs', '2'], '--jobs 2: the ledger has 1'],
    [
      ['h.json', '--shard', '0/2', '--start', '2026-03-02T05:00:00Z', '--instance', 'demo'],
      '--shard 0/2: the ledger has 0/1',
    ],
    [['h.json', '--counters', 'fresh'], '--counters fresh: the counters go on from the ledger'],
    [['h.json', '--counters', 'per-run'], '--counters per-run: the counters go on'],
    [
      ['h.json', '--start', '2026-03-02T00:59:59Z'],
      '--start 2026-03-02T00:59:59.000Z: the ledger ends later, at 2026-03-02T01:00:00.000Z',
    ],
  ])('%j', async (args, message) => {
    const { code, out, err } = await play(['--dry-run', '--continue', ...args]);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(message) });
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});

describe('a ledger that is not as it was written: exit 2, nothing sent', () => {
  test.each<[string, string, string]>([
    [
      'half a second',
      change(({ truth }) => (truth.end = '2026-03-02T01:00:00.500Z')),
      ': truth.end:',
    ],
    [
      'an end before the start',
      change(({ truth }) => (truth.end = '2026-03-01T00:00:00Z')),
      'the ledger ends before it starts',
    ],
    ['no rate', change(({ truth }) => (truth.options.rate = 0)), ': truth.options.rate:'],
    [
      'more jobs',
      change(({ truth }) => Object.assign(truth.options, { jobs: 3 })),
      ': truth.options.jobs:',
    ],
    [
      'a shard',
      change(({ truth }) => Object.assign(truth.options, { shard: '0/2' })),
      ': truth.options.shard:',
    ],
    [
      'below zero',
      change((copy) => (groupOf(copy, 'chatapi').final[REQUESTS] = -1)),
      `.final.${REQUESTS}:`,
    ],
    [
      'half a request',
      change((copy) => (groupOf(copy, 'chatapi').final[REQUESTS]! += 0.5)),
      `the ledger's last value of ${REQUESTS} is no whole number`,
    ],
    [
      'less than was added',
      change((copy) => (groupOf(copy, 'chatapi').final[REQUESTS] = 1)),
      `the ledger's last value of ${REQUESTS} is less than its increment`,
    ],
    [
      'a value that is missing',
      change((copy) => delete groupOf(copy, 'chatapi').final[REQUESTS]),
      `the ledger has no last value of ${REQUESTS}`,
    ],
    [
      'a value of nothing',
      change((copy) => (groupOf(copy, 'chatapi').final.chatapi_cats_total = 1)),
      'the ledger has a last value of chatapi_cats_total',
    ],
    [
      'a group that is missing',
      change(({ history }) => history.groups.pop()),
      "the ledger's groups are of vectorlens,docstore, not of vectorlens,docstore,chatapi",
    ],
    [
      'a group that is there twice',
      change((copy) => copy.history.groups.push(groupOf(copy, 'chatapi'))),
      "the ledger's groups are of vectorlens,docstore,chatapi,chatapi, not of",
    ],
    [
      'another job',
      change((copy) => (groupOf(copy, 'chatapi').key.job = 'docstore')),
      "the ledger's groups differ in their labels",
    ],
    [
      'another instance',
      change((copy) => (groupOf(copy, 'docstore').key.instance = 'b')),
      "the ledger's groups differ in their labels",
    ],
    [
      'one label more',
      change((copy) => (groupOf(copy, 'docstore').key.zone = 'b')),
      "the ledger's groups differ in their labels",
    ],
    [
      'no instance',
      change(({ history }) =>
        history.groups.map(({ key }) => Reflect.deleteProperty(key, 'instance')),
      ),
      ': history.groups.0.key.instance:',
    ],
    [
      'an impossible label',
      change(({ history }) => history.groups.map(({ key }) => Object.assign(key, { le: '1' }))),
      "the ledger's groups: the label le is in use already",
    ],
    ['no step', change(({ history }) => (history.step = 0)), ': history.step:'],
  ])('%s', async (_, text, message) => {
    const env = memoryEnv(['simulate', '--gateway', 'embedded', '--continue', 'h.json'], {
      files: { 'h.json': text },
      startsAt: START * 1000,
    });
    const code = await run(env);
    expect({ code, err: env.err() }).toEqual({ code: 2, err: expect.stringContaining(message) });
    expect(env.err()).not.toContain('embedded');
  });
});

test('a ledger that ends in the future', async () => {
  const env = memoryEnv(['simulate', '--dry-run', '--continue', 'h.json'], {
    files: FILES,
    startsAt: (TO - 60) * 1000,
  });
  expect(await run(env)).toBe(2);
  expect(env.err()).toMatch(
    /^ragmon: the ledger ends in the future, at 2026-03-02T01:00:00.000Z\n/,
  );
});

describe('prices', () => {
  const dry = ['--dry-run', '-d', '10s', '--continue'];

  test('built-in ones: the variable is not looked at', async () => {
    const without = await play([...dry, 'h.json']);
    expect(without.code).toBe(0);
    for (const name of ['list.json', 'missing.json']) {
      expect(await play([...dry, 'h.json'], { RAGMON_PRICES: name })).toEqual(without);
    }
  });

  test('those of a list: given again, by flag or variable; what was given is named', async () => {
    const byFlag = await play([...dry, 'own.json', '--prices', 'list.json']);
    expect(byFlag).toMatchObject({ code: 0, err: '' });
    const byVariable = await play([...dry, 'own.json'], { RAGMON_PRICES: 'list.json' });
    expect(byVariable.out).toBe(byFlag.out);
    const wrong = await play([...dry, 'own.json'], { RAGMON_PRICES: 'other-list.json' });
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        `^ragmon: RAGMON_PRICES ${pricesId(OTHER)}: the ledger has ${pricesId(LIST)}\n  give the `,
      ),
    });
  });
});

test('world, groups and counters are the ledger’s; equal flags are fine, variables are not asked', async () => {
  const vars = { RAGMON_SEED: 'x', RAGMON_INSTANCE: 'y' };
  const same = [
    ...['--seed', 'history', '--rate', '1', '--profile', 'daily', '--scenario', 'none'],
    ...['-s', 'all', '--instance', 'demo', '--label', 'region=eu', '--jobs', '1'],
    ...['--shard', '0/1', '--counters', 'carry'],
  ];
  const dry = ['--dry-run', '--continue', 'h.json', '-d', '90s', '--ledger', 'run.json'];
  const { code, out, files } = await play(dry, vars);
  expect(code).toBe(0);
  expect((await play([...dry, ...same])).out).toBe(out);
  const shown = new Map(
    [...out.matchAll(/^([a-z_]+)\{(.*)\} (\S+)$/gm)].map(([, name, labels, value]) => {
      const own = labels!.split(',').filter((one) => !/^(job|instance|region)=/.test(one));
      const last = (label: string) => (label.startsWith('le=') ? 1 : 0);
      own.sort((a, b) => last(a) - last(b));
      return [own.length > 0 ? `${name}{${own.join()}}` : name!, Number(value)];
    }),
  );
  for (const [id, value] of truthAt(START + 90)) {
    if (Number.isInteger(value)) expect([id, shown.get(id)]).toEqual([id, value]);
    else expect(shown.get(id)! / value).toBeCloseTo(1, 12);
  }
  expect(out).toContain('region="eu",instance="demo",job="chatapi"}');

  const { truth } = JSON.parse(files.get('run.json')!);
  const alone = await play(['--dry-run', '-d', '90s', '--seed', 'history', '--json']);
  expect(truth).toEqual(JSON.parse(alone.out).truth);
});

test('a scenario of somebody’s own goes on where its file is given again', async () => {
  const mine = { ...findScenario('error-burst')!, name: 'mine' };
  const dated = playedAt(mine, TO - 300);
  const incidents = dated.incidentsIn('history', FROM / 60, TO / 60);
  const own = ledgerOfHistory({ from: FROM, to: TO, scenario: dated.name, incidents });
  const env = memoryEnv(
    [
      ...['simulate', '--dry-run', '--json', '--continue', 'own.json', '-d', '1m'],
      ...['--start', '2026-03-02T01:00:00Z', '--scenario', 'mine.yaml@2026-03-02T00:55:00Z'],
    ],
    { files: { ...FILES, 'own.json': JSON.stringify(own) }, startsAt: START * 1000 },
  );
  expect([await run(env), env.err()]).toEqual([0, '']);
  const { truth } = JSON.parse(env.out());
  expect(truth.options.scenario).toBe(dated.name);
  expect(truth.incidents).toMatchObject([{ name: 'error-burst', scenario: 'mine' }]);
});

test('a list of scenarios goes on however it is spaced, and given in one or in several', async () => {
  const played = 'latency-spike@2026-03-02T00:10:00Z';
  for (const list of [
    ['mine.yaml@2026-03-02T00:55:00Z', played],
    ['year', played],
  ]) {
    const dated = await datedGiven(list, memoryEnv([], { files: FILES }));
    const incidents = dated.incidentsIn('history', FROM / 60, TO / 60);
    const own = ledgerOfHistory({ from: FROM, to: TO, scenario: dated.name, incidents });
    for (const given of [[list.join()], [list.join(', ')], list]) {
      const flags = given.flatMap((text) => ['--scenario', text]);
      const args = ['simulate', '--dry-run', '--json', '--continue', 'own.json', '-d', '1m'];
      const env = memoryEnv([...args, ...flags], {
        files: { ...FILES, 'own.json': JSON.stringify(own) },
        startsAt: START * 1000,
      });
      expect([await run(env), env.err()]).toEqual([0, '']);
      expect(JSON.parse(env.out()).truth.options.scenario).toBe(dated.name);
    }
  }
});

describe('pushed', () => {
  const options = { duration: 60, speed: 1e6, start: START };

  test('counters go on from the history, twice as once, and fit their own ledger', async () => {
    const gateway = await testGateway();
    const first = await simulate({ ...options, gateway: gateway.url, continue: ledger });
    expect(first.failures).toEqual([]);
    const { delivery, truth } = first.ledger;
    expect(delivery).toMatchObject({ counters: 'carry', continued: ledger.truth.end });
    const [start, end] = [truthAt(START), truthAt(START + 60)];
    for (const { service, job, base, final, existed } of delivery!.groups) {
      expect(existed).toBe(false);
      const { increments } = truth.services[service]!.find((one) => one.job === job)!;
      for (const [id, value] of Object.entries(increments)) {
        expect(base[id]! / start.get(id)! || 1).toBeCloseTo(1, 12);
        expect(final[id]! / end.get(id)! || 1).toBeCloseTo(1, 12);
        if (Number.isInteger(value)) expect([id, final[id]! - base[id]!]).toEqual([id, value]);
      }
    }

    const again = { ...options, start: START + 60, gateway: gateway.url, continue: ledger };
    const second = await simulate(again);
    const next = second.ledger.delivery!.groups;
    next.forEach(({ base, existed }, i) => {
      const { final } = delivery!.groups[i]!;
      expect(existed).toBe(true);
      // Sums of doubles too: one that is a digit lower would be a reset.
      for (const [id, value] of Object.entries(base)) expect([id, final[id]]).toEqual([id, value]);
    });
    const stored = await storedIn(gateway.url);
    expect(Object.fromEntries(stored.get('chatapi/demo')!)).toEqual(next.at(-1)!.final);
  });

  test('a group that holds more is another run’s: nothing is pushed', async () => {
    const gateway = await testGateway();
    await simulate({ ...options, gateway: gateway.url, continue: ledger });
    const before = await storedIn(gateway.url);
    const early = simulate({
      ...options,
      start: START - 60,
      gateway: gateway.url,
      continue: ledger,
    });
    await expect(early).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^\{job="vectorlens",.*\} is not of this history: it holds \d+ of /,
      ),
      hint: expect.stringContaining('delete the group'),
    });
    expect(await storedIn(gateway.url)).toEqual(before);
  });

  test('the year goes on where the history left it', async () => {
    const minute = FROM / 60 - 60 * 1440;
    const [one] = yearIncidents('joined', minute, minute + 200 * 1440);
    const [from, to] = [one!.from * 60 - 3600, one!.from * 60 + 60];
    const world = { seed: 'joined', incidents: [one!] };
    const year = ledgerOfHistory({ from, to, scenario: 'year', ...world });
    expect(year.truth.incidents).toHaveLength(1);
    const gateway = await testGateway();
    const run = await simulate({
      ...{ gateway: gateway.url, continue: year, speed: 1e6, scenario: 'year' },
      ...{ start: to + 90, duration: 60 },
    });
    expect(run.ledger.truth).toMatchObject({
      options: { scenario: 'year' },
      incidents: year.truth.incidents,
    });
    const history = createWorld({ rate: 1, profile: 'daily', ...world });
    const total = emptyTotal(SERVICES[0]!.model);
    addStretch(history, SERVICES[0]!.model, from, to + 150, [total]);
    const metrics = createJobMetrics(SERVICES[0]!);
    metrics.setTotal(total);
    const { final } = run.ledger.delivery!.groups[0]!;
    for (const [id, value] of metrics.values()) {
      if (/_(total|bucket|count)/.test(id)) expect([id, final[id]]).toEqual([id, value]);
    }
  });

  test('a contradiction is named as the library names it', async () => {
    const gateway = await testGateway();
    const run = simulate({ ...options, gateway: gateway.url, continue: ledger, seed: 'x' });
    await expect(run).rejects.toThrow(/^seed x: the ledger has history$/);
    const live = simulate({ ...options, gateway: gateway.url, continue: {} as HistoryLedger });
    await expect(live).rejects.toThrow(/^continue is no ledger/);
  });
});

test('who waits for more than a second is told', async () => {
  const gateway = await testGateway();
  const env = memoryEnv(['simulate', '--continue', 'h.json', '-g', gateway.url, '-d', '10s'], {
    files: FILES,
    clock: 'real',
  });
  let now = 0;
  // Every look at the clock is half a second after the one before.
  Object.assign(env, {
    monotonic: () => (now += 500),
    sleep: async () => {},
    now: () => START * 1000,
  });
  expect(await run(env)).toBe(0);
  expect(env.err()).toContain('ragmon: catching up with the 3h00m since the history ended\n');
  expect(env.err()).not.toContain('held for');
});

test('a signal while it catches up ends it before anything is pushed', async () => {
  const gateway = await testGateway();
  const env = memoryEnv(['simulate', '--continue', 'h.json', '-g', gateway.url], {
    files: FILES,
    clock: 'real',
  });
  Object.assign(env, { now: () => START * 1000, sleep: async () => env.signal('SIGINT') });
  expect(await run(env)).toBe(130);
  expect(env.err()).toBe('ragmon: stopped by SIGINT before anything was pushed\n');
  expect((await storedIn(gateway.url)).size).toBe(0);
  expect(env.listeners()).toBe(0);
});

test.each([
  ['while it catches up', ['--continue', 'h.json', '-d', '1s']],
  ['while it plays', ['-d', '3d']],
])('a signal ends a dry run %s', async (_, args) => {
  const env = memoryEnv(['simulate', '--dry-run', '--ledger', 'run.json', ...args], {
    files: FILES,
    clock: 'real',
  });
  let turns = 0;
  const sleep = async () => {
    turns++;
    env.signal('SIGTERM');
  };
  Object.assign(env, { now: () => START * 1000, sleep });
  expect(await run(env)).toBe(143);
  expect([turns, env.out(), env.files.has('run.json')]).toEqual([1, '', false]);
  expect(env.err()).toBe('ragmon: stopped by SIGTERM before anything was written\n');
  expect(env.listeners()).toBe(0);
});
