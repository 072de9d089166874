import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScheduledIncident } from '../../src/world/incidents.js';
import { dayOf, newYear } from '../../src/world/time.js';
import { YEAR, yearIncidents } from '../../src/world/year.js';
import { bytes, MINUTES, MODELS_OF_SERVICES, stretch, worldOf } from './worlds.js';

const seeds = fc.string({ maxLength: 6 });
const minutes = fc.integer(MINUTES);
const minuteOf = (year: number) => newYear(year) * 1440;
const ofYear = (seed: string, year: number) =>
  yearIncidents(seed, minuteOf(year), minuteOf(year + 1));
const SEEDS = Array.from({ length: 200 }, (_, i) => `year ${i}`);

describe('the incidents of a calendar year', () => {
  test('are five to eight, of different kinds, whole minutes, apart, and within the year', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1960, max: 2100 }), (seed, year) => {
        const incidents = ofYear(seed, year);
        expect(incidents.length).toBeGreaterThanOrEqual(5);
        expect(incidents.length).toBeLessThanOrEqual(8);
        expect(new Set(incidents.map(({ name }) => name)).size).toBe(incidents.length);
        let end = minuteOf(year);
        for (const { from, to, scenario } of incidents) {
          expect(scenario).toBe(YEAR.name);
          expect([from, to].every(Number.isInteger)).toBe(true);
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to - from).toBeGreaterThanOrEqual(15);
          expect(to - from).toBeLessThanOrEqual(36 * 60);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(minuteOf(year + 1));
      }),
    );
  });

  test('differ from seed to seed and from year to year, and fall on all days alike', () => {
    const all = SEEDS.flatMap((seed) =>
      [2025, 2026].map((year) => ({ year, in: ofYear(seed, year) })),
    );
    expect(new Set(all.map((each) => bytes(each.in))).size).toBe(all.length);
    const counts = all.map((each) => each.in.length);
    expect(new Set(counts)).toEqual(new Set([5, 6, 7, 8]));
    const months = new Array<number>(12).fill(0);
    const kinds = new Map<string, number>();
    for (const { year, in: incidents } of all) {
      for (const { name, from } of incidents) {
        months[Math.floor(((from - minuteOf(year)) / (365 * 1440)) * 12)]! += 1;
        kinds.set(name, (kinds.get(name) ?? 0) + 1);
      }
    }
    // 400 years of 6.5 incidents: 217 a twelfth, and of each of eight kinds 325.
    for (const count of months) expect(Math.abs(count - 217)).toBeLessThan(60);
    expect(kinds.size).toBe(8);
    for (const count of kinds.values()) expect(Math.abs(count - 325)).toBeLessThan(50);
  });
});

describe('3 Range does not matter', () => {
  test('30 days asked for hold those that touch the last 30 of 365 asked for', () => {
    fc.assert(
      fc.property(seeds, minutes, (seed, end) => {
        const [year, month] = [365, 30].map((days) => yearIncidents(seed, end - days * 1440, end));
        expect(month).toEqual(year!.filter(({ to }) => to > end - 30 * 1440));
      }),
    );
  });

  test('ranges put together hold what the whole does, and one cut in two is in both, whole', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(minutes, { minLength: 2, maxLength: 8 }).map((all) => all.sort((a, b) => a - b)),
        (seed, cuts) => {
          const whole = yearIncidents(seed, cuts[0]!, cuts.at(-1)!);
          const parts = cuts.slice(1).map((to, i) => yearIncidents(seed, cuts[i]!, to));
          const once = new Map(parts.flat().map((each) => [each.from, each]));
          expect([...once.values()]).toEqual(whole);
        },
      ),
    );
    const [one] = ofYear('cut', 2026) as [ScheduledIncident];
    for (const [from, to] of [
      [one.from, one.from + 1],
      [one.to - 1, one.to],
      [one.from + 3, one.to + 5],
    ] as const) {
      expect(yearIncidents('cut', from, to)).toEqual([one]);
    }
    expect(yearIncidents('cut', one.from - 9, one.from)).toEqual([]);
    expect(yearIncidents('cut', one.to, one.to + 9)).toEqual([]);
    expect(yearIncidents('cut', one.from + 5, one.from + 5)).toEqual([]);
  });

  test('a day is the same, be it read with a month of incidents or with a decade of them', () => {
    const end = dayOf('2027-01-15') * 1440;
    const incidents = yearIncidents('decade', end - 3650 * 1440, end);
    const month = yearIncidents('decade', end - 90 * 1440, end);
    expect(month.length).toBeGreaterThan(0);
    const worlds = [incidents, month].map((each) => worldOf({ incidents: each, seed: 'decade' }));
    for (const { from, to } of month) {
      for (const model of MODELS_OF_SERVICES) {
        for (const minute of [from - 1, from, to - 1, to]) {
          const [long, short] = worlds.map((world) => bytes(world.tally(model, minute)));
          expect(short).toBe(long);
        }
      }
    }
  });
});

test('1 Deterministic: the order of calls changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('', 'a', 'b'), minutes, minutes), { maxLength: 6 }),
      (calls) => {
        const ask = ([seed, from, to]: (typeof calls)[number]) =>
          bytes(yearIncidents(seed, from, to));
        const asked = calls.map(ask);
        expect(calls.toReversed().map(ask).toReversed()).toEqual(asked);
      },
    ),
  );
});

describe('4 Draws are independent', () => {
  const seed = 'independent';
  const incidents = ofYear(seed, 2026);
  const [calm, struck] = [worldOf({ seed }), worldOf({ seed, incidents })];

  test('minutes outside of the incidents are those of a world without any', () => {
    const held = (minute: number) =>
      incidents.some(({ from, to }) => from <= minute && minute < to);
    const near = incidents.flatMap(({ from, to }) => [from - 1, to, to + 61]);
    const far = Array.from({ length: 12 }, (_, i) => minuteOf(2026) + i * 43_777);
    for (const minute of [...near, ...far].filter((each) => !held(each))) {
      for (const model of MODELS_OF_SERVICES) {
        expect(bytes(struck.tally(model, minute))).toBe(bytes(calm.tally(model, minute)));
      }
    }
  });

  test('each incident changes its first minutes', () => {
    const changed = ({ from }: ScheduledIncident) =>
      MODELS_OF_SERVICES.some((model) => {
        const [a, b] = [calm, struck].map((world) =>
          bytes(stretch(world, model, from * 60, (from + 10) * 60)),
        );
        return a !== b;
      });
    for (const each of incidents) expect([each.name, changed(each)]).toEqual([each.name, true]);
  });
});
