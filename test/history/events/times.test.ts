import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pair, settle, type Time } from '../../../src/history/events/times.js';
import { createWorld } from '../../../src/world/world.js';
import { cases, MODELS_OF_SERVICES, sum } from '../../world/worlds.js';

/** A time between bounds, with a raised lower one, and where between the least and greatest sum. */
const times: fc.Arbitrary<Time> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .map(([least, width, raise, at]) => {
    const high = least + width;
    const low = least + (raise % (width + 1));
    return { least, low, high, value: low + (at % (high - low + 1)) };
  });
const share = fc.double({ min: 0, max: 1, noNaN: true });

function copy(from: readonly Time[]): Time[] {
  return from.map((time) => ({ ...time }));
}

describe('settle', () => {
  test('reaches every sum that the buckets allow, within them', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 30 }), share, (drawn, at) => {
        const [least, high] = [sum(drawn.map((t) => t.least)), sum(drawn.map((t) => t.high))];
        const total = Math.round(least + at * (high - least));
        const settled = copy(drawn);
        settle(settled, total);
        expect(sum(settled.map(({ value }) => value))).toBe(total);
        for (const { value, least, high } of settled) {
          expect(value).toBeGreaterThanOrEqual(least);
          expect(value).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  test('keeps raised bounds where the sum has room for them, and the lowest raises where not', () => {
    const time = (low: number): Time => ({ least: 0, low, high: 100, value: 90 });
    const kept = [time(50), time(20)];
    settle(kept, 75);
    expect(kept.map(({ value, low }) => value >= low)).toEqual([true, true]);
    const given = [time(50), time(20)];
    settle(given, 30);
    expect(given.map(({ low }) => low)).toEqual([0, 20]);
    expect(given[1]!.value).toBeGreaterThanOrEqual(20);
  });

  test('says so where no times add up', () => {
    expect(() => settle([{ least: 0, low: 0, high: 5, value: 3 }], 6)).toThrow('add up to 6');
    settle([], 0);
  });
});

test('pair gives the longer times to the greater keys', () => {
  const time = (value: number): Time => ({ least: 0, low: 0, high: 9, value });
  const given = new Map<number, number>();
  const key = (request: number) => [5, 1, 3][request]!;
  pair([0, 1, 2], key, [time(7), time(9), time(8)], (request, { value }) => {
    given.set(request, value);
  });
  expect(given).toEqual(
    new Map([
      [1, 7],
      [2, 8],
      [0, 9],
    ]),
  );
});

test('observations by group are those of the tally', () => {
  fc.assert(
    fc.property(cases, ({ options, minute }) => {
      const world = createWorld(options);
      const { routes } = world.minute(minute).flow;
      for (const model of MODELS_OF_SERVICES) {
        const observed = world.observed(model, minute);
        world.tally(model, minute).buckets.forEach((buckets, h) => {
          const groups = observed[h]!;
          expect(buckets.map((_, i) => sum(groups.map((group) => group.buckets[i]!)))).toEqual(
            buckets,
          );
          for (const group of groups) {
            expect(sum(group.buckets)).toBe(sum(group.routes.map((route) => routes[route]!)));
          }
        });
      }
    }),
    { numRuns: 50 },
  );
});
