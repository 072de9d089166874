import { describe, expect, test } from 'vitest';
import { VARIANTS } from '../../src/stack/rules/variants.js';
import { changesWorld, schedule } from '../../src/world/incidents.js';
import { SCENARIOS } from '../../src/world/scenarios.js';
import { dayOf } from '../../src/world/time.js';
import { expectedTraffic } from '../../src/world/traffic.js';
import { firing } from './alerts.js';
import { observed } from './columns.js';
import { worldOf } from './worlds.js';

/** More seeds, and the whole of the past that an alert looks at. */
const FULL = process.env.RAGMON_FULL === '1';

const SEEDS = Array.from({ length: FULL ? 10 : 1 }, (_, i) => `scenario ${i}`);
/** The night's trough, the morning's rise, the top of a day; a working day and a Sunday; early and late. */
const TIMES = ['2026-11-04', '2026-11-08', ...(FULL ? ['2025-03-05', '2028-06-07'] : [])].flatMap(
  (date) => [3, 8, ...(FULL ? [9] : []), 16].map((hour) => ({ date, hour })),
);
/** Minutes of ordinary life before the incident, and after it. */
const BEFORE = FULL ? 4320 : 1500;
const AFTER = FULL ? 420 : 90;
/** Above this rate a day costs more than the limit without any incident. */
const RATES = [0.5, 1];

describe('7 each scenario fires exactly the alerts it names', () => {
  const cases = SCENARIOS.filter(({ incidents }) => incidents.some(changesWorld)).flatMap(
    (scenario) =>
      TIMES.flatMap(({ date, hour }) =>
        RATES.flatMap((rate) => SEEDS.map((seed) => ({ scenario, date, hour, rate, seed }))),
      ),
  );
  test.each(cases)(
    '$scenario.name, $date $hour h, rate $rate, $seed',
    ({ scenario, date, hour, rate, seed }) => {
      const start = (dayOf(date) * 1440 + hour * 60) * 60;
      const offset = scenario.incidents[0]!.offset;
      const incidents = schedule(scenario, start - offset, undefined);
      const [{ from, to }] = incidents as [(typeof incidents)[0]];
      const world = worldOf({ seed, rate, incidents });
      const columns = observed(world, from - BEFORE, to + AFTER, from - 15);
      const fired = firing(columns);
      const certain = expectedTraffic(rate, 'daily', from) >= scenario.needs!;
      const allowed = [...scenario.expect, ...(scenario.may ?? [])];
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(fired)));
      if (certain) expect(Object.keys(fired)).toEqual(expect.arrayContaining([...scenario.expect]));
      for (const [name, minute] of Object.entries(fired)) {
        const delay = (minute + 1 - BEFORE) * 60;
        expect(delay, `${name} before its cause`).toBeGreaterThan(0);
        if (certain && scenario.expect.includes(name))
          expect(delay, `${name} in time`).toBeLessThanOrEqual(scenario.within!);
      }
    },
  );
});

// First tokens are few, and a p95 of fewer than 25 would fire by chance in some normal month.
const NOT_AT_NIGHT = ['slow-first-token'];

test('hardly a scenario needs more traffic than the quietest minute of a year has, at the default rate', () => {
  const from = dayOf('2026-11-02') * 1440;
  const hours = Array.from({ length: 365 * 48 }, (_, i) => from + i * 30);
  const least = Math.min(...hours.map((minute) => expectedTraffic(1, 'daily', minute)));
  const demanding = SCENARIOS.filter(({ needs }) => needs! > least);
  expect(demanding.map(({ name }) => name)).toEqual(NOT_AT_NIGHT);
});

test('what scenarios expect are alerts that there are', () => {
  for (const { expect: expected, may = [] } of SCENARIOS) {
    const all = [...expected, ...may];
    expect(VARIANTS).toEqual(expect.arrayContaining(all));
    expect(new Set(all).size).toBe(all.length);
  }
  // Of a gateway that is down, or refuses pushes, no scenario tells; nor of days that are too dear, or
  // spend the error budget: those are for promtool (alerts/tests).
  const told = new Set(SCENARIOS.flatMap((scenario) => scenario.expect));
  expect(VARIANTS.filter((name) => !told.has(name)).sort()).toEqual([
    'ErrorBudgetBurn 1d',
    'ErrorBudgetBurn 3d',
    'ErrorBudgetBurn 6h',
    'HighCostBurn critical',
    'PushgatewayDown',
    'PushgatewayPushFailing',
  ]);
});
