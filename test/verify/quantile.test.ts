import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bucket, histogramQuantile } from '../../src/instruments/quantile.js';
import { quantileRange } from '../../src/verify/quantiles.js';

const INF = Number.POSITIVE_INFINITY;

// By hand; that Prometheus agrees is shown against a real one in servers.test.ts.
test.each<[string, number, Bucket[], number]>([
  [
    'in the first bucket, from zero',
    0.5,
    [
      [1, 100],
      [INF, 100],
    ],
    0.5,
  ],
  [
    'in a later bucket',
    0.95,
    [
      [0.1, 30],
      [1, 90],
      [10, 120],
      [INF, 120],
    ],
    1 + 9 * (24 / 30),
  ],
  [
    'at the edge of a bucket',
    0.75,
    [
      [0.1, 30],
      [1, 90],
      [10, 120],
      [INF, 120],
    ],
    1,
  ],
  [
    'past the last bound',
    0.99,
    [
      [1, 50],
      [2, 60],
      [INF, 100],
    ],
    2,
  ],
  [
    'over empty buckets',
    0.9,
    [
      [1, 0],
      [2, 0],
      [4, 10],
      [INF, 10],
    ],
    2 + 2 * 0.9,
  ],
  [
    'below zero',
    0.1,
    [
      [-1, 10],
      [1, 20],
      [INF, 20],
    ],
    -1,
  ],
  [
    'of nothing',
    0.5,
    [
      [1, 0],
      [INF, 0],
    ],
    Number.NaN,
  ],
  ['of one bucket', 0.5, [[INF, 5]], Number.NaN],
])('a quantile %s', (_, q, buckets, expected) => {
  const value = histogramQuantile(q, buckets);
  if (Number.isNaN(expected)) expect(value).toBeNaN();
  else expect(value).toBeCloseTo(expected, 12);
});

test('it lies in its range, and grows with its rank', () => {
  const counts = fc.array(fc.nat(1000), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(counts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (own, q) => {
      let sum = 0;
      const buckets = own.map((n, i): Bucket => {
        sum += n;
        return [i === own.length - 1 ? INF : i + 1, sum];
      });
      fc.pre(sum > 0);
      const value = histogramQuantile(q, buckets);
      const [low, high] = quantileRange(q, buckets);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }),
  );
});
