import { describe, expect, test } from 'vitest';
import { beta, binomial, gamma, normal, poisson } from '../../src/world/samplers.js';
import { logFactorial, normalCdf } from '../../src/world/special.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { betaCdf, discreteZ, gammaCdf, kolmogorov, meanOf, varianceOf } from './statistics.js';

const DRAWS = 40_000;
/** Of counts, which are cheap to test: a hat or a squeeze that is a little off shows. */
const MANY = 1_000_000;
const KEY = dayKey('samplers', 'test', 'draws', 0);

function draws(sampler: (stream: Stream) => number, n = DRAWS): number[] {
  const stream = new Stream().seek(KEY, 1);
  return Array.from({ length: n }, () => sampler(stream));
}

/** Values beyond six standard deviations make one bin. */
function range(mean: number, deviation: number): [number, number] {
  return [Math.max(0, Math.floor(mean - 6 * deviation)), Math.ceil(mean + 6 * deviation + 10)];
}

describe('poisson', () => {
  test.each([0.01, 0.5, 3, 9.999, 10, 10.001, 12, 30, 127, 128, 1000, 1e6, 1e9])(
    'mean %d: χ²',
    (mean) => {
      const [low, high] = range(mean, Math.sqrt(mean));
      const chance = (k: number) => Math.exp(k * Math.log(mean) - mean - logFactorial(k));
      expect(
        discreteZ(
          draws((s) => poisson(s, mean), MANY),
          chance,
          low,
          high,
        ),
      ).toBeLessThan(3.5);
    },
  );

  test('nothing comes of nothing', () => {
    expect(draws((s) => poisson(s, 0), 9)).toEqual(new Array(9).fill(0));
  });
});

describe('binomial', () => {
  test.each([
    [1, 0.5],
    [5, 0.1],
    [20, 0.499999],
    [20, 0.5],
    [20, 0.500001],
    [60, 0.999],
    [100, 0.0999],
    [100, 0.1],
    [100, 0.1001],
    [100, 0.9],
    [1000, 0.0001],
    [1000, 0.7],
    [1e6, 1e-6],
    [1e6, 9.99e-6],
    [1e6, 1.001e-5],
    [1e6, 0.3],
    [1e9, 1e-10],
    [1e9, 5e-9],
    [1e9, 1e-6],
    [1e9, 0.5],
    [1e9, 1 - 2e-9],
  ])('%d trials, chance %d: χ²', (n, p) => {
    const [low, high] = range(n * p, Math.sqrt(n * p * (1 - p)));
    const chance = (k: number) =>
      Math.exp(
        logFactorial(n) -
          logFactorial(k) -
          logFactorial(n - k) +
          k * Math.log(p) +
          (n - k) * Math.log1p(-p),
      );
    expect(
      discreteZ(
        draws((s) => binomial(s, n, p), MANY),
        chance,
        low,
        Math.min(n, high),
      ),
    ).toBeLessThan(3.5);
  });

  test('certain outcomes', () => {
    const stream = new Stream().seek(KEY, 2);
    expect([binomial(stream, 7, 0), binomial(stream, 7, 1), binomial(stream, 0, 0.5)]).toEqual([
      0, 7, 0,
    ]);
    expect([binomial(stream, 7, -1e-20), binomial(stream, 7, 1 + 1e-15)]).toEqual([0, 7]);
  });
});

test('normal: Kolmogorov, and its tails', () => {
  const values = draws(normal, 200_000);
  expect(kolmogorov(values, normalCdf)).toBeLessThan(1.6);
  expect(meanOf(values.map((x) => x * x * x * x))).toBeCloseTo(3, 1);
});

describe('gamma', () => {
  test.each([0.05, 0.5, 0.999, 1, 1.001, 3.06, 60, 1e4])('shape %d: Kolmogorov', (shape) => {
    expect(
      kolmogorov(
        draws((s) => gamma(s, shape)),
        (x) => gammaCdf(shape, x),
      ),
    ).toBeLessThan(1.6);
  });

  test.each([1e7, 1e10])('shape %d: mean and variance', (shape) => {
    const values = draws((s) => gamma(s, shape));
    expect(Math.abs(meanOf(values) - shape) / Math.sqrt(shape / DRAWS)).toBeLessThan(3.5);
    expect(varianceOf(values) / shape).toBeCloseTo(1, 1);
  });
});

describe('beta', () => {
  test.each([
    [0.2, 0.3],
    [0.5, 40],
    [1, 1],
    [3, 2],
    [180, 3],
    [2e3, 5e4],
  ])('%d and %d: Kolmogorov', (a, b) => {
    expect(
      kolmogorov(
        draws((s) => beta(s, a, b)),
        (x) => betaCdf(a, b, x),
      ),
    ).toBeLessThan(1.6);
  });

  test('certain shares', () => {
    const stream = new Stream().seek(KEY, 3);
    expect([beta(stream, 0, 3), beta(stream, 3, 0)]).toEqual([0, 1]);
  });

  test('huge: mean and variance', () => {
    const [a, b] = [3e9, 6e9];
    const values = draws((s) => beta(s, a, b));
    const variance = (a * b) / ((a + b) * (a + b) * (a + b + 1));
    expect(Math.abs(meanOf(values) - a / (a + b)) / Math.sqrt(variance / DRAWS)).toBeLessThan(3.5);
    expect(varianceOf(values) / variance).toBeCloseTo(1, 1);
  });
});

test('the libraries’ flaw is not ours: binomial keeps its variance for large n·p', () => {
  for (const [n, p] of [
    [1e4, 0.4],
    [1e8, 0.01],
  ] as const) {
    const values = draws((s) => binomial(s, n, p));
    expect(varianceOf(values) / (n * p * (1 - p))).toBeCloseTo(1, 1);
    expect(Math.abs(meanOf(values) - n * p) / Math.sqrt((n * p) / DRAWS)).toBeLessThan(3.5);
  }
});
