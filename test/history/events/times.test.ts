import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pair, settle, type Time } from '../../../src/history/events/times.js';
import { createWorld } from '../../../src/world/world.js';
import { cases, MODELS_OF_SERVICES, sum } from '../../world/worlds.js';

/** A time in a bucket, with narrower bounds in it. */
const times: fc.Arbitrary<Time> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .map(([least, width, raise, drop, at]) => {
    const most = least + width;
    const low = least + (raise % (width + 1));
    const high = most - (drop % (most - low + 1));
    return { least, low, high, most, value: low + (at % (high - low + 1)) };
  });
const share = fc.double({ min: 0, max: 1, noNaN: true });

function copy(from: readonly Time[]): Time[] {
  return from.map((time) => ({ ...time }));
}

describe('settle', () => {
  test('reaches every sum that the buckets allow, within them', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 30 }), share, (drawn, at) => {
        const [least, most] = [sum(drawn.map((t) => t.least)), sum(drawn.map((t) => t.most))];
        const total = Math.round(least + at * (most - least));
        const settled = copy(drawn);
        settle(settled, total);
        expect(sum(settled.map(({ value }) => value))).toBe(total);
        for (const { value, least, most } of settled) {
          expect(value).toBeGreaterThanOrEqual(least);
          expect(value).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  test('keeps narrower bounds wherever the sum has room for them', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 30 }), share, (drawn, at) => {
        const [low, high] = [sum(drawn.map((t) => t.low)), sum(drawn.map((t) => t.high))];
        const settled = copy(drawn);
        settle(settled, Math.round(low + at * (high - low)));
        settled.forEach(({ value }, i) => {
          expect(value).toBeGreaterThanOrEqual(drawn[i]!.low);
          expect(value).toBeLessThanOrEqual(drawn[i]!.high);
        });
      }),
    );
  });

  test('gives up the narrowest bounds first where the sum has no room', () => {
    const bounded = (low: number, high: number, value: number): Time => ({
      ...{ least: 0, most: 100 },
      ...{ low, high, value },
    });
    const raised = [bounded(50, 100, 90), bounded(20, 100, 90)];
    settle(raised, 30);
    expect(raised.map(({ low }) => low)).toEqual([0, 20]);
    expect(raised[1]!.value).toBeGreaterThanOrEqual(20);
    const lowered = [bounded(0, 50, 10), bounded(0, 80, 10)];
    settle(lowered, 170);
    expect(lowered.map(({ high }) => high)).toEqual([100, 80]);
    expect(lowered[1]!.value).toBeLessThanOrEqual(80);
  });

  test('says so where no times add up', () => {
    expect(() => settle([{ least: 0, low: 0, high: 5, most: 5, value: 3 }], 6)).toThrow(
      'add up to 6',
    );
    settle([], 0);
  });
});

test('pair gives the longer times to the greater keys', () => {
  const time = (value: number): Time => ({ least: 0, low: 0, high: 9, most: 9, value });
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
          const { groups } = observed[h]!;
          const counted = buckets.map(() => 0);
          for (const { places, counts } of groups) {
            counts.forEach((count, i) => {
              counted[places.buckets[i]!]! += count;
            });
          }
          expect(counted).toEqual(buckets);
          for (const group of groups) {
            expect(sum(group.counts)).toBe(sum(group.routes.map((route) => routes[route]!)));
          }
        });
      }
    }),
    { numRuns: 50 },
  );
});
