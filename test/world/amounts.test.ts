import { describe, expect, test } from 'vitest';
import {
  AMOUNTS,
  type AmountLaw,
  drawAmount,
  scaledAmount,
  splitAmount,
} from '../../src/world/amounts.js';
import { ANSWER_MOMENTS } from '../../src/world/models.js';
import { changed, NORMAL } from '../../src/world/parameters.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { dayOf } from '../../src/world/time.js';
import { gammaCdf, kolmogorov, meanOf, varianceOf } from './statistics.js';
import { CHATAPI, incident, sum, worldOf } from './worlds.js';

const stream = new Stream().seek(dayKey('amounts', 'test', 'draws', 0), 1);
const POISSON: AmountLaw = { kind: 'poisson', least: 1, mean: 4 };
const GAMMA: AmountLaw = { kind: 'gamma', mean: 2880, shape: 3.06 };

describe.each([
  ['poisson', POISSON, 4, 3],
  ['gamma', GAMMA, 2880, (2880 * 2880) / 3.06],
] as const)('a sum of %s amounts', (_, law, mean, variance) => {
  test.each([1, 7, 1000, 1e6])('of %d requests has n times their mean and variance', (n) => {
    const totals = Array.from({ length: 20_000 }, () => drawAmount(stream, law, n));
    expect(Math.abs(meanOf(totals) - n * mean) / Math.sqrt((n * variance) / 20_000)).toBeLessThan(
      3.5,
    );
    expect(varianceOf(totals) / (n * variance)).toBeCloseTo(1, 1);
    expect(totals.every(Number.isSafeInteger)).toBe(true);
  });

  test('split and put together it has the law of its parts', () => {
    // Parts of a total of 10, first 3 and then 2 of the other 7: each as if drawn by itself.
    const parts = Array.from({ length: 20_000 }, () => {
      const whole = drawAmount(stream, law, 10);
      const three = splitAmount(stream, law, whole, 3, 10);
      const two = splitAmount(stream, law, whole - three, 2, 7);
      return [three, two, whole - three - two] as const;
    });
    for (const [i, n] of [3, 2, 5].entries()) {
      const values = parts.map((each) => each[i]!);
      expect(Math.abs(meanOf(values) - n * mean) / Math.sqrt((n * variance) / 20_000)).toBeLessThan(
        3.5,
      );
      expect(varianceOf(values) / (n * variance)).toBeCloseTo(1, 1);
    }
    // Independent of each other: the variance of the sum is the sum of variances.
    expect(varianceOf(parts.map(([a, b]) => a + b)) / (5 * variance)).toBeCloseTo(1, 1);
  });

  test('all of it goes with all, nothing with none', () => {
    expect(splitAmount(stream, law, 99, 0, 10)).toBe(0);
    expect(splitAmount(stream, law, 99, 10, 10)).toBe(99);
    expect(drawAmount(stream, law, 0)).toBe(0);
  });
});

test('a gamma sum is a gamma', () => {
  const totals = Array.from({ length: 20_000 }, () => drawAmount(stream, GAMMA, 5));
  expect(kolmogorov(totals, (x) => gammaCdf(15.3, (x * 3.06) / 2880))).toBeLessThan(1.6);
});

test('every poisson part holds its least', () => {
  for (let i = 0; i < 1000; i++) {
    const whole = drawAmount(stream, POISSON, 20);
    const part = splitAmount(stream, POISSON, whole, 6, 20);
    expect(part).toBeGreaterThanOrEqual(6);
    expect(whole - part).toBeGreaterThanOrEqual(14);
  }
});

describe('tokens', () => {
  // Domain facts §3.1: conversation outputs have mean 211 and sd 163; prompts median 2,500.
  test('of an answer: the mixture’s mean and deviation', () => {
    expect(ANSWER_MOMENTS.mean).toBeGreaterThan(200);
    expect(ANSWER_MOMENTS.mean).toBeLessThan(230);
    expect(Math.sqrt(ANSWER_MOMENTS.variance)).toBeGreaterThan(150);
    expect(Math.sqrt(ANSWER_MOMENTS.variance)).toBeLessThan(170);
  });

  test('a minute’s sums scatter as sums of single calls do', () => {
    const world = worldOf({ rate: 20, profile: 'flat' });
    const start = dayOf('2026-03-02') * 1440;
    const law = CHATAPI.model.shape.amounts;
    for (const [amount, mean, variance] of [
      [0, 2880, 2880 * 2880 * (Math.exp(0.532 * 0.532) - 1)],
      [1, ANSWER_MOMENTS.mean, ANSWER_MOMENTS.variance],
    ] as const) {
      const z = Array.from({ length: 3000 }, (_, i) => {
        const tally = world.tally(CHATAPI.model, start + i);
        const n = sum(law[amount]!.of.map((index) => tally.counts[index]!));
        return (tally.amounts[amount]! - n * mean) / Math.sqrt(n * variance);
      });
      expect(meanOf(z)).toBeCloseTo(0, 1);
      expect(varianceOf(z)).toBeCloseTo(1, 1);
    }
  });

  test('an incident scales them', () => {
    const parameters = changed([{ multiply: { 'chatapi.output_tokens': 2.5 } }]);
    const [input, output] = ['input', 'output'].map(
      (side) => AMOUNTS.find(({ name }) => name.startsWith(`${side}/gpt-5-mini`))!,
    );
    expect(scaledAmount(input!, 101, parameters)).toBe(101);
    expect(scaledAmount(output!, 101, parameters)).toBe(253);
    expect(scaledAmount(output!, 101, NORMAL)).toBe(101);
    const minute = 29_500_000;
    const incidents = [incident(minute, minute + 1, { multiply: { 'chatapi.output_tokens': 2 } })];
    const [calm, struck] = [worldOf({ rate: 9 }), worldOf({ rate: 9, incidents })].map((world) =>
      world.tally(CHATAPI.model, minute),
    );
    expect(struck!.amounts[1]).toBe(2 * calm!.amounts[1]!);
    expect(struck!.amounts[0]).toBe(calm!.amounts[0]);
    expect(struck!.sums[0]! / calm!.sums[0]!).toBeGreaterThan(1.3);
  });
});
