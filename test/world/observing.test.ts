import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logNormal } from '../../src/world/latency.js';
import { type Fall, numbersInBuckets, timesInBuckets } from '../../src/world/observations.js';
import { drawCounts, observations, spreadOf } from '../../src/world/observing.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { greatestSum, leastSum } from '../../src/world/tally.js';
import { always } from '../../src/world/times.js';
import { chiSquareZ, meanOf, varianceOf } from './statistics.js';
import { sum } from './worlds.js';

const stream = new Stream().seek(dayKey('observing', 'test', 'draws', 0), 1);
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5].map((s) => s * 1e6);
const LIMIT = 4e6;

/** Observations of groups of so many that fall like this. */
function drawn(counts: readonly number[], falls: readonly Fall[], bounds = BOUNDS) {
  const groups = falls.map((places, g) => ({
    routes: [],
    places,
    counts: drawCounts(stream, counts[g]!, places),
  }));
  return observations(stream, bounds, groups, spreadOf(groups));
}

describe('observations', () => {
  const fast = timesInBuckets(always(logNormal(0.02, 0.5)), BOUNDS, 1e6, LIMIT);
  const slow = timesInBuckets(always(logNormal(0.8, 0.7)), BOUNDS, 1e6, LIMIT);

  test('every observation has a bucket, and the sum is possible', () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.nat(50), (many, few) => {
        const { buckets, sum: total } = drawn([many, few], [fast, slow]);
        expect(sum(buckets)).toBe(many + few);
        expect(Number.isSafeInteger(total)).toBe(true);
        expect(total).toBeGreaterThanOrEqual(leastSum(BOUNDS, buckets));
        expect(total).toBeLessThanOrEqual(greatestSum(BOUNDS, buckets));
      }),
    );
  });

  test('buckets are multinomial, sums have the mean and variance of sums', () => {
    const n = 400;
    const runs = Array.from({ length: 5000 }, () => drawn([n], [slow]));
    const bins = slow.buckets.map((bucket, i) => ({
      observed: sum(runs.map(({ buckets }) => buckets[bucket]!)),
      expected: slow.chances[i]! * n * runs.length,
    }));
    expect(chiSquareZ(bins)).toBeLessThan(3.5);
    const first = sum(slow.chances.map((chance, i) => chance * slow.means[i]!));
    const second = sum(
      slow.chances.map(
        (chance, i) => chance * (slow.variances[i]! + slow.means[i]! * slow.means[i]!),
      ),
    );
    const totals = runs.map((run) => run.sum);
    const variance = n * (second - first * first);
    expect(Math.abs(meanOf(totals) - n * first) / Math.sqrt(variance / 5000)).toBeLessThan(3.5);
    expect(varianceOf(totals) / variance).toBeCloseTo(1, 1);
  });

  test('whole numbers sum to themselves', () => {
    const fall = numbersInBuckets([1, 2, 3]);
    const { buckets, sum: total } = drawn([1000], [fall], [0, 1, 2]);
    expect(total).toBe(buckets[1]! + 2 * buckets[2]!);
    expect(buckets[3]).toBe(0);
  });
});
