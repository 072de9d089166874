import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logNormal, mean, sumOf, tail } from '../../src/world/latency.js';
import { scoresInBuckets, timesInBuckets } from '../../src/world/observations.js';
import { normal } from '../../src/world/samplers.js';
import { normalCdf } from '../../src/world/special.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { always } from '../../src/world/times.js';
import { chiSquareZ, meanOf, varianceOf } from './statistics.js';
import { sum } from './worlds.js';

const stream = new Stream().seek(dayKey('observations', 'test', 'draws', 0), 1);
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5].map((s) => s * 1e6);
const LIMIT = 4e6;

describe('times in buckets', () => {
  const time = logNormal(0.2, 0.9);
  const fall = timesInBuckets(always(time), BOUNDS, 1e6, LIMIT);

  test('chances, means and variances are those of values drawn one by one', () => {
    const values: number[] = [];
    while (values.length < 300_000) {
      const value = Math.exp(time.mu + time.sigma * normal(stream)) * 1e6;
      if (value <= LIMIT) values.push(value);
    }
    const byBucket = BOUNDS.map(() => [] as number[]);
    for (const value of values) byBucket[BOUNDS.findIndex((bound) => value <= bound)]!.push(value);
    expect(
      chiSquareZ(
        fall.buckets.map((bucket, i) => ({
          observed: byBucket[bucket]!.length,
          expected: fall.chances[i]! * values.length,
        })),
      ),
    ).toBeLessThan(3.5);
    fall.buckets.forEach((bucket, i) => {
      const inside = byBucket[bucket]!;
      if (inside.length < 300) return;
      expect(
        Math.abs(meanOf(inside) - fall.means[i]!) / Math.sqrt(fall.variances[i]! / inside.length),
      ).toBeLessThan(4);
      expect(varianceOf(inside) / fall.variances[i]!).toBeCloseTo(1, 0);
    });
  });

  test('are whole for any time, limit and mixture: chances add up, means lie in their buckets', () => {
    const part = fc.record({
      weight: fc.constantFrom(0, 1e-30, 0.2, 1, 5),
      time: fc.record({
        mu: fc.double({ min: -12, max: 12, noNaN: true }),
        sigma: fc.double({ min: 0.001, max: 2, noNaN: true }),
      }),
    });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(10_000, 300_000, 5e6, 3e7),
        (variants, limit) => {
          const { buckets, chances, hazards, means, variances } = timesInBuckets(
            variants,
            BOUNDS,
            1e6,
            limit,
          );
          expect(buckets.length).toBeGreaterThan(0);
          expect(sum(chances)).toBeCloseTo(1, 12);
          expect(hazards.at(-1)).toBe(1);
          buckets.forEach((bucket, i) => {
            expect(means[i]).toBeGreaterThanOrEqual(BOUNDS[bucket - 1] ?? 0);
            expect(means[i]).toBeLessThanOrEqual(
              Math.min(limit, BOUNDS[bucket] ?? limit) * (1 + 1e-9),
            );
            expect(variances[i]).toBeGreaterThanOrEqual(0);
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a mixture’s mean is the mean of its parts', () => {
    const parts = [
      { weight: 3, time: logNormal(0.02, 0.4) },
      { weight: 1, time: logNormal(0.4, 0.3) },
    ];
    const mixed = timesInBuckets(parts, BOUNDS, 1e6, 60e6);
    const average = sum(mixed.chances.map((chance, i) => chance * mixed.means[i]!));
    const expected = (3 * mean(parts[0]!.time) + mean(parts[1]!.time)) / 4;
    expect(average / 1e6 / expected).toBeCloseTo(1, 6);
  });

  test('a limit far below the times holds them all', () => {
    const { buckets, means } = timesInBuckets(always(logNormal(1e6, 0.3)), BOUNDS, 1e6, 2e6);
    expect({ buckets, means }).toEqual({ buckets: [8], means: [2e6] });
  });
});

describe('sums of times', () => {
  test('Fenton–Wilkinson keeps mean and variance', () => {
    const parts = [logNormal(0.015, 0.4), logNormal(0.08, 0.4), logNormal(0.5, 0.6)];
    const whole = sumOf(...parts);
    const drawn = Array.from({ length: 100_000 }, () =>
      sum(parts.map(({ mu, sigma }) => Math.exp(mu + sigma * normal(stream)))),
    );
    const variance = mean(whole) * mean(whole) * (Math.exp(whole.sigma * whole.sigma) - 1);
    expect(mean(whole)).toBeCloseTo(sum(parts.map(mean)), 12);
    expect(meanOf(drawn) / mean(whole)).toBeCloseTo(1, 2);
    expect(varianceOf(drawn) / variance).toBeCloseTo(1, 1);
    // Its tail is near the sum's: the p95.
    const p95 = drawn.toSorted((a, b) => a - b)[95_000]!;
    expect(tail(whole, p95)).toBeCloseTo(0.05, 2);
  });

  test('the tail of one time is the normal distribution function’s', () => {
    expect(tail(logNormal(2, 0.5), 2)).toBe(0.5);
    expect(tail(logNormal(2, 0.5), 2 * Math.exp(0.5 * 1.96))).toBeCloseTo(1 - normalCdf(1.96), 12);
  });
});

test('scores in buckets: the chances and means of logit-normal values', () => {
  const bounds = [0.2, 0.4, 0.6, 0.8, 1].map((x) => x * 1e6);
  const fall = scoresInBuckets(1.1, 0.8, bounds, 1e6);
  const values = Array.from(
    { length: 200_000 },
    () => 1e6 / (1 + Math.exp(-(1.1 + 0.8 * normal(stream)))),
  );
  const bins = fall.buckets.map((bucket, i) => {
    const inside = values.filter((x) => x <= bounds[bucket]! && x > (bounds[bucket - 1] ?? 0));
    if (inside.length > 2000) expect(meanOf(inside) / fall.means[i]!).toBeCloseTo(1, 2);
    return { observed: inside.length, expected: fall.chances[i]! * values.length };
  });
  expect(chiSquareZ(bins)).toBeLessThan(3.5);
});
