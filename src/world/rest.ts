import { type LogNormal, mean } from './latency.js';
import type { Variant } from './observations.js';

/** The time that comes on top of another, as points with weights that add up to 1; in units. */
export interface Rest {
  readonly values: readonly number[];
  readonly weights: readonly number[];
  /** Of the points. */
  readonly mean: number;
  readonly variance: number;
  /** Of the points before each: their weights, and what these make of the values and of their squares. */
  readonly before: Readonly<Record<'weights' | 'firsts' | 'seconds', readonly number[]>>;
}

/**
 * Where a standard normal number is looked at: fewer points do where the times that are followed
 * spread further than those are apart.
 */
export const COARSE = [-2, -1, 0, 1, 2].map((k) => k * 1.1);
export const FINE = Array.from({ length: 21 }, (_, k) => (k - 10) * 0.35);

/** A mixture of log-normal times as points; none is above `limit` units. */
export function restOf(
  variants: readonly Variant[],
  scale: number,
  limit: number,
  steps: readonly number[],
): Rest {
  const points = variants.flatMap(({ weight, time }) =>
    pointsOf(time, steps).map(({ value, chance }) => ({
      value: Math.min(limit, value * scale),
      weight: weight * chance,
    })),
  );
  points.sort((a, b) => a.value - b.value);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const values = points.map(({ value }) => value);
  const weights = points.map(({ weight }) => weight / total);
  const first = values.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  const second = values.reduce((sum, value, i) => sum + value * value * weights[i]!, 0);
  const before = {
    weights: sumsBefore(weights),
    firsts: sumsBefore(values.map((value, i) => weights[i]! * value)),
    seconds: sumsBefore(values.map((value, i) => weights[i]! * value * value)),
  };
  return { values, weights, mean: first, variance: Math.max(0, second - first * first), before };
}

function sumsBefore(numbers: readonly number[]): number[] {
  const sums = [0];
  for (const each of numbers) sums.push(sums.at(-1)! + each);
  return sums;
}

function pointsOf(time: LogNormal, steps: readonly number[]) {
  const points = steps.map((z) => ({
    value: Math.exp(time.mu + time.sigma * z),
    chance: Math.exp((-z * z) / 2),
  }));
  const total = points.reduce((sum, { chance }) => sum + chance, 0);
  const average = points.reduce((sum, { value, chance }) => sum + value * chance, 0) / total;
  const factor = mean(time) / average;
  return points.map(({ value, chance }) => ({ value: value * factor, chance: chance / total }));
}
