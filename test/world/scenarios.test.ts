import { describe, expect, test } from 'vitest';
import { rulesFor } from '../../src/stack/rules/rules.js';
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
/** In the night and at the top of a day, of a working day and of a Saturday; early and late. */
const TIMES = ['2026-11-04', '2026-11-07', ...(FULL ? ['2025-03-05', '2028-06-07'] : [])].flatMap(
  (date) => [2, ...(FULL ? [9] : []), 16].map((hour) => ({ date, hour })),
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
      if (certain) expect(Object.keys(fired).sort()).toEqual([...scenario.expect].sort());
      else expect(scenario.expect).toEqual(expect.arrayContaining(Object.keys(fired)));
      for (const [name, minute] of Object.entries(fired)) {
        const delay = (minute + 1 - BEFORE) * 60;
        expect(delay, `${name} before its cause`).toBeGreaterThan(0);
        if (certain) expect(delay, `${name} in time`).toBeLessThanOrEqual(scenario.within!);
      }
    },
  );
});

test('what scenarios expect are alerts that there are', () => {
  const rules = Object.values(rulesFor()).flatMap(({ groups }) => groups.flatMap((g) => g.rules));
  const names = rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : []));
  for (const { expect: expected } of SCENARIOS) {
    expect(names).toEqual(expect.arrayContaining([...expected]));
    expect(new Set(expected).size).toBe(expected.length);
  }
  // Of a gateway that is down, or refuses pushes, no scenario tells.
  const told = new Set(SCENARIOS.flatMap((scenario) => scenario.expect));
  expect([...new Set(names)].filter((name) => !told.has(name)).sort()).toEqual([
    'PushgatewayDown',
    'PushgatewayPushFailing',
  ]);
});
