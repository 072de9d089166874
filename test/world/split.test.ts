import { describe, expect, test } from 'vitest';
import { logFactorial } from '../../src/world/special.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { splitTally, type Tally } from '../../src/world/tally.js';
import { chiSquareZ, discreteZ, meanOf, varianceOf } from './statistics.js';
import { CHATAPI, DOCSTORE, sum, VECTORLENS, worldOf } from './worlds.js';

const MINUTE = 29_500_000;

describe('splitTally', () => {
  const { shape } = VECTORLENS.model;
  const whole = worldOf({ rate: 50 }).tally(VECTORLENS.model, MINUTE);
  const key = dayKey('split', 'test', 'draws', 0);
  const splits = Array.from({ length: 4000 }, (_, i) =>
    splitTally(new Stream().seek(key, i), shape, whole, 1, 3),
  );

  test('requests go to either side by chance: binomial with the share', () => {
    const n = whole.counts[0]!;
    const chance = (k: number) =>
      Math.exp(
        logFactorial(n) -
          logFactorial(k) -
          logFactorial(n - k) +
          k * Math.log(1 / 3) +
          (n - k) * Math.log(2 / 3),
      );
    const parts = splits.map(([part]) => part.counts[0]!);
    expect(discreteZ(parts, chance, 0, n)).toBeLessThan(3.5);
  });

  test('each bucket gives its share, and each sum too', () => {
    const of = shape.histograms[0]!.of;
    const bins = whole.buckets[0]!.map((count, bucket) => ({
      observed: sum(splits.map(([part]) => part.buckets[0]![bucket]!)),
      expected: (count * splits.length) / 3,
    }));
    // Drawn evenly, so they scatter less than chance would have it.
    expect(chiSquareZ(bins)).toBeLessThan(3.5);
    for (const [part] of splits.slice(0, 200)) {
      const taken = sum(of.map((index) => part.counts[index]!));
      const n = sum(of.map((index) => whole.counts[index]!));
      part.buckets[0]!.forEach((count, bucket) => {
        expect(Math.abs(count - (whole.buckets[0]![bucket]! * taken) / n)).toBeLessThan(1.0001);
      });
    }
    const sums = splits.map(([part]) => part.sums[0]!);
    expect(meanOf(sums) / whole.sums[0]!).toBeCloseTo(1 / 3, 2);
  });

  test('part and rest are the whole', () => {
    const plus = (a: Tally, b: Tally) => ({
      counts: a.counts.map((n, i) => n + b.counts[i]!),
      buckets: a.buckets.map((each, h) => each.map((n, i) => n + b.buckets[h]![i]!)),
      sums: a.sums.map((n, h) => n + b.sums[h]!),
      amounts: a.amounts.map((n, i) => n + b.amounts[i]!),
    });
    for (const [part, rest] of splits.slice(0, 50)) expect(plus(part, rest)).toEqual(whole);
  });
});

test('seconds are Poisson, given their minute: no second is special', () => {
  const world = worldOf({ rate: 10, profile: 'flat' });
  const bySecond = new Array<number>(60).fill(0);
  const dispersion: number[] = [];
  for (let minute = MINUTE; minute < MINUTE + 300; minute++) {
    const counts = world.seconds(DOCSTORE.model, minute).map((tally) => sum(tally.counts));
    counts.forEach((count, second) => {
      bySecond[second]! += count;
    });
    dispersion.push(varianceOf(counts) / meanOf(counts));
  }
  const expected = sum(bySecond) / 60;
  expect(chiSquareZ(bySecond.map((observed) => ({ observed, expected })))).toBeLessThan(3.5);
  // A multinomial over 60 seconds has the variance n/60 · (1 − 1/60) · 60/59.
  expect(meanOf(dispersion)).toBeCloseTo(1, 1);
});

test('jobs share evenly, also when there is little to share', () => {
  const world = worldOf({ rate: 2, profile: 'flat' });
  const byJob = [0, 0, 0, 0, 0];
  for (let second = MINUTE * 60; second < MINUTE * 60 + 3000; second++) {
    world.jobs(CHATAPI.model, second, 5).forEach((tally, job) => {
      byJob[job]! += sum(tally.counts);
    });
  }
  const expected = sum(byJob) / 5;
  expect(chiSquareZ(byJob.map((observed) => ({ observed, expected })))).toBeLessThan(3.5);
});

test('what is in progress is Poisson around its mean, and shared out evenly', () => {
  const world = worldOf();
  const drawn = Array.from({ length: 5000 }, (_, i) =>
    world.inProgress(VECTORLENS.model, MINUTE * 60 + i, 6.5, 4),
  );
  const totals = drawn.map(sum);
  const chance = (k: number) => Math.exp(k * Math.log(6.5) - 6.5 - logFactorial(k));
  expect(discreteZ(totals, chance, 0, 30)).toBeLessThan(3.5);
  const byJob = [0, 1, 2, 3].map((job) => sum(drawn.map((each) => each[job]!)));
  const expected = sum(byJob) / 4;
  expect(chiSquareZ(byJob.map((observed) => ({ observed, expected })))).toBeLessThan(3.5);
  expect(world.inProgress(VECTORLENS.model, MINUTE * 60, 0, 3)).toEqual([0, 0, 0]);
});
