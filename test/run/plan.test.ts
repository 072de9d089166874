import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ledgerOf } from '../../src/run/ledger.js';
import { scenarioNamed } from '../../src/run/names.js';
import { nextTick, planRun, type RunOptions, sharedRunId } from '../../src/run/plan.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { PRICES } from '../../src/world/prices.js';
import { findScenario } from '../../src/world/scenarios.js';
import { yearIncidents } from '../../src/world/year.js';

const OPTIONS: RunOptions = {
  services: SERVICES,
  seed: 's',
  rate: 1,
  profile: 'daily',
  scenario: undefined,
  prices: PRICES,
  start: Date.parse('2026-03-02T09:00:10Z') / 1000,
  duration: 60,
  speed: 1,
  interval: 5,
  jobs: 1,
  jobLifetime: undefined,
  counters: 'carry',
  warmup: undefined,
  scrapeInterval: 15,
  instance: 'host',
  labels: {},
  shard: { index: 0, of: 1 },
  runId: 'cafe0001',
  cleanupAfter: undefined,
};

/** The instants that a run on time stops at. */
function ticks(options: Partial<RunOptions>): number[] {
  const all = { ...OPTIONS, ...options };
  const seen: number[] = [];
  let played = 0;
  while (played < all.duration! && seen.length < 1000) {
    played = nextTick(all, played, played);
    seen.push(played);
  }
  return seen;
}

describe('ticks', () => {
  test.each<[string, Partial<RunOptions>, number[]]>([
    ['of the interval', { duration: 15 }, [5, 10, 15]],
    ['the last one is shorter', { duration: 12 }, [5, 10, 12]],
    ['a world that runs faster', { duration: 60, speed: 4 }, [20, 40, 60]],
    ['a world that runs slower', { duration: 5, speed: 0.4 }, [2, 4, 5]],
    ['shorter than the grid', { duration: 3, interval: 0.25 }, [1, 2, 3]],
    ['not on the grid', { duration: 6, interval: 1.5 }, [1, 3, 4, 6]],
    ['the end of a job is one', { duration: 12, jobLifetime: 7 }, [5, 7, 10, 12]],
    ['jobs shorter than a tick', { duration: 5, jobLifetime: 2 }, [2, 4, 5]],
  ])('%s', (_, options, expected) => {
    expect(ticks(options)).toEqual(expected);
  });

  test('late ticks merge, but not over the end of a job', () => {
    expect(nextTick(OPTIONS, 5, 23)).toBe(20);
    expect(nextTick(OPTIONS, 5, 25)).toBe(25);
    expect(nextTick(OPTIONS, 5, 500)).toBe(60);
    expect(nextTick({ ...OPTIONS, jobLifetime: 12 }, 5, 23)).toBe(12);
    expect(nextTick({ ...OPTIONS, duration: undefined }, 5, 500)).toBe(500);
  });

  test('always go on, reach the end, and never pass it', () => {
    fc.assert(
      fc.property(
        fc.record({
          interval: fc.double({ min: 0.01, max: 90, noNaN: true }),
          speed: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
          duration: fc.integer({ min: 1, max: 500 }),
          jobLifetime: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        }),
        fc.nat(600),
        (options, reached) => {
          const all = { ...OPTIONS, ...options };
          let played = 0;
          while (played < all.duration) {
            const next = nextTick(all, played, reached);
            expect(Number.isInteger(next)).toBe(true);
            expect(next).toBeGreaterThan(played);
            expect(next).toBeLessThanOrEqual(all.duration);
            if (all.jobLifetime) {
              const endOfJob = (Math.floor(played / all.jobLifetime) + 1) * all.jobLifetime;
              expect(next).toBeLessThanOrEqual(endOfJob);
            }
            played = next;
          }
        },
      ),
    );
  });
});

describe('slots', () => {
  const instances = (options: Partial<RunOptions>) =>
    planRun({ ...OPTIONS, ...options }).slots.map(({ key }) => `${key.job}/${key.labels.instance}`);

  test('one job a service has the bare instance, several are numbered', () => {
    expect(instances({})).toEqual(['vectorlens/host', 'docstore/host', 'chatapi/host']);
    expect(instances({ jobs: 2, services: SERVICES.slice(0, 1) })).toEqual([
      'vectorlens/host-0',
      'vectorlens/host-1',
    ]);
    expect(instances({ counters: 'per-run', services: SERVICES.slice(0, 1) })).toEqual([
      'vectorlens/host-cafe0001',
    ]);
  });

  test('labels are part of the key', () => {
    const [slot] = planRun({ ...OPTIONS, labels: { cluster: 'dev' } }).slots;
    expect(slot!.key).toEqual({
      job: 'vectorlens',
      labels: { cluster: 'dev', instance: 'host' },
    });
  });

  test('the shards share out all jobs, each to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (jobs, of) => {
        fc.pre(of <= jobs * 3);
        const all = instances({ jobs });
        const shards = Array.from({ length: of }, (_, index) =>
          instances({ jobs, shard: { index, of } }),
        );
        expect(shards.flat().sort()).toEqual(all.sort());
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('the shards’ run id follows from what they share', () => {
    const id = (changes: Partial<RunOptions>) => sharedRunId({ ...OPTIONS, ...changes });
    expect(id({})).toMatch(/^[0-9a-f]{8}$/);
    expect(id({ services: [...SERVICES] })).toBe(id({}));
    for (const changes of [
      { seed: 't' },
      { jobLifetime: 5 },
      { labels: { a: 'b' } },
      { speed: 2 },
      { prices: { ...PRICES, store: [] } },
      { services: SERVICES.slice(1) },
    ]) {
      expect(id(changes)).not.toBe(id({}));
    }
  });
});

test('incidents take whole minutes after the start; a run too short for one is refused', () => {
  const scenario = findScenario('error-burst')!;
  const plan = planRun({ ...OPTIONS, scenario, duration: 600 });
  const first = Date.parse('2026-03-02T09:02:00Z') / 60_000;
  expect(plan.incidents).toMatchObject([{ from: first, to: first + 8 }]);
  expect(() => planRun({ ...OPTIONS, scenario, duration: 169 })).toThrow(
    /too short for scenario "error-burst"/,
  );
  expect(planRun({ ...OPTIONS, scenario, duration: 170 }).incidents).toMatchObject([
    { from: first, to: first + 1 },
  ]);
});

describe('the scenario year', () => {
  const minute = Date.parse('2026-01-01T00:00:00Z') / 60_000;
  const [one] = yearIncidents('s', minute, minute + 525_600);
  const scenario = scenarioNamed('scenario', 'year');
  const start = one!.from * 60 + 30;

  test('has the incidents that touch the run, whole', () => {
    expect(planRun({ ...OPTIONS, scenario, start, duration: 10 }).incidents).toEqual([one]);
    expect(planRun({ ...OPTIONS, scenario, start: one!.to * 60, duration: 60 }).incidents).toEqual(
      [],
    );
    expect(planRun({ ...OPTIONS, scenario, start: start - 90, duration: 60 }).incidents).toEqual(
      [],
    );
  });

  test('goes on for as long as a run without an end may; its ledger tells of what was', () => {
    const plan = planRun({ ...OPTIONS, scenario, start: start - 3600, duration: undefined });
    expect(plan.incidents[0]).toEqual(one);
    expect(plan.incidents.at(-1)!.from - minute).toBeGreaterThan(99 * 525_600);
    const truth = (seconds: number) => {
      const { incidents, options } = ledgerOf(plan, start - 3600 + seconds, [], null).truth;
      expect(options.scenario).toBe('year');
      return incidents.map(({ from }) => Date.parse(from) / 60_000);
    };
    expect(truth(3570)).toEqual([]);
    expect(truth(3571)).toEqual([one!.from]);
  });
});
