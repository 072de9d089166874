import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allot,
  drawTimes,
  narrow,
  pair,
  settle,
  type Time,
} from '../../../src/history/events/times.js';
import { dayKey, Stream } from '../../../src/world/stream.js';
import { below, tiltOf } from '../../../src/world/tilted.js';
import { createWorld } from '../../../src/world/world.js';
import { cases, MODELS_OF_SERVICES, sum } from '../../world/worlds.js';

const tilts = fc.double({ min: -0.1, max: 0.1, noNaN: true });
const ranks = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

/** A time in a bucket, with narrower bounds in it. */
const times: fc.Arbitrary<Time> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), tilts, ranks)
  .map(([least, width, raise, drop, tilt, rank]) => {
    const most = least + width;
    const low = least + (raise % (width + 1));
    const high = most - (drop % (most - low + 1));
    const time = { least, low: least, high: most, most, value: 0, tilt, rank };
    narrow(time, low, high);
    return time;
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

  test('gives up the narrowest bounds first, as far as it takes, where the sum has no room', () => {
    const bounded = (low: number, high: number): Time => ({
      ...{ least: 0, most: 100, value: (low + high) / 2 },
      ...{ low, high, tilt: 0, rank: 0.5 },
    });
    const raised = [bounded(50, 100), bounded(20, 100)];
    settle(raised, 30);
    expect(raised.map(({ low }) => low)).toEqual([2, 20]);
    expect(raised[1]!.value).toBeGreaterThanOrEqual(20);
    const lowered = [bounded(0, 50), bounded(0, 80)];
    settle(lowered, 170);
    expect(lowered.map(({ high }) => high)).toEqual([98, 80]);
    expect(lowered[1]!.value).toBeLessThanOrEqual(80);
  });

  test('times of which the sum is known stay spread over their bucket', () => {
    const stream = new Stream().seek(dayKey('times', 'test', 'draws', 0), 1);
    const places = { buckets: [1], means: [1400], variances: [1] };
    const values: number[] = [];
    for (let minute = 0; minute < 4000; minute++) {
      const [drawn] = drawTimes(stream, [1000, 2000], { routes: [], places, counts: [8] });
      // The sum of eight such times is another each minute.
      const [others] = drawTimes(stream, [1000, 2000], { routes: [], places, counts: [8] });
      settle(drawn!, sum(others!.map(({ value }) => value)));
      values.push(...drawn!.map(({ value }) => value));
    }
    expect(sum(values) / values.length).toBeCloseTo(1400, -1);
    const a = tiltOf(0.4);
    const bins = Array.from({ length: 20 }, (_, i) => ({
      observed: values.filter((value) => Math.ceil((value - 1000) / 50) === i + 1).length,
      expected: values.length * (below(a, (i + 1) / 20) - below(a, i / 20)),
    }));
    for (const { observed, expected } of bins) {
      expect(observed / expected).toBeGreaterThan(0.8);
      expect(observed / expected).toBeLessThan(1.25);
    }
    for (const end of [1001, 2000]) {
      expect(values.filter((value) => value === end).length).toBeLessThan(100);
    }
  });

  test('says so where no times add up', () => {
    expect(() =>
      settle([{ least: 0, low: 0, high: 5, most: 5, value: 3, tilt: 0, rank: 0.5 }], 6),
    ).toThrow('add up to 6');
    settle([], 0);
  });
});

test('pair gives the longer times to the greater keys', () => {
  const time = (value: number) => ({ value });
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

test('allot gives each request enough, where there is enough', () => {
  const stream = new Stream().seek(dayKey('allot', 'test', 'draws', 0), 1);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100), fc.nat(20)), { maxLength: 30 }), (pairs) => {
      const given = new Map<number, number>();
      const things = pairs.map(([need, more]) => ({ value: need + more }));
      const need = (request: number) => pairs[request]![0];
      allot(stream, [...pairs.keys()], need, things, (request, { value }) => {
        given.set(request, value);
      });
      expect([...given.values()].sort()).toEqual(things.map(({ value }) => value).sort());
      for (const [request, value] of given) expect(value).toBeGreaterThanOrEqual(need(request));
    }),
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
