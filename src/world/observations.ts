import { zeros } from './arrays.js';
import type { LogNormal } from './latency.js';
import { normalCdf } from './special.js';

/** How observations fall into buckets: one entry for each bucket that is reached at all. */
export interface Fall {
  /** Indices of the buckets, ascending. */
  readonly buckets: readonly number[];
  readonly chances: readonly number[];
  /** The chance of a bucket for an observation that is in none before it; 1 in the last. */
  readonly hazards: readonly number[];
  /** Mean and variance, in units, of the observations in a bucket. */
  readonly means: readonly number[];
  readonly variances: readonly number[];
  /** Where it is known: no observation is greater, in units. */
  readonly limit?: number | undefined;
  /** Where it is known: a density of the observations at a value, up to a factor. */
  readonly density?: ((value: number) => number) | undefined;
}

/** Smaller chances are none: less than one observation in a million millions. */
const NEGLIGIBLE = 1e-12;

/** By bucket: its chance, and E[X], E[X²] over that bucket alone (not divided by its chance). */
type Moments = readonly [
  chances: readonly number[],
  firsts: readonly number[],
  seconds: readonly number[],
];

/** The fall with these moments; observations of a bucket lie within its bounds. */
function fallOf(
  bounds: readonly number[],
  limit: number,
  [weights, firsts, seconds]: Moments,
  density?: Fall['density'],
): Fall {
  const buckets: number[] = [];
  const shares: number[] = [];
  const means: number[] = [];
  const variances: number[] = [];
  for (let bucket = 0; bucket < weights.length; bucket++) {
    const chance = weights[bucket]!;
    if (!(chance > NEGLIGIBLE)) continue;
    const high = bounds[bucket] ?? Number.POSITIVE_INFINITY;
    const mean = Math.max(bounds[bucket - 1] ?? 0, Math.min(high, firsts[bucket]! / chance));
    buckets.push(bucket);
    shares.push(chance);
    means.push(mean);
    variances.push(Math.max(0, seconds[bucket]! / chance - mean * mean));
  }
  const hazards = zeros(shares.length);
  let total = 0;
  for (let i = shares.length - 1; i >= 0; i--) {
    total += shares[i]!;
    hazards[i] = shares[i]! / total;
  }
  const chances = shares.map((share) => share / total);
  return { buckets, chances, hazards, means, variances, limit, density };
}

/** A time that observations take with this relative weight. */
export interface Variant {
  readonly weight: number;
  readonly time: LogNormal;
}

/**
 * Times in buckets: a mixture of variants. Nothing takes longer than `limit` (units): that is where
 * their distributions are cut off.
 */
export function timesInBuckets(
  variants: readonly Variant[],
  bounds: readonly number[],
  scale: number,
  limit: number,
): Fall {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  const moments = noMoments(bounds);
  for (const { weight, time } of variants) {
    // Where nothing has any weight nothing is observed, but a fall there must be.
    const share = total > 0 ? weight / total : 1 / variants.length;
    momentsOfTime(time, bounds, scale, limit).forEach((own, k) => {
      for (let i = 0; i < own.length; i++) moments[k]![i]! += share * own[i]!;
    });
  }
  return fallOf(bounds, limit, moments, (value) => densityOf(variants, value / scale));
}

function noMoments(bounds: readonly number[]): [number[], number[], number[]] {
  const none = () => zeros(bounds.length + 1);
  return [none(), none(), none()];
}

/** The density of a mixture of log-normal times at so many seconds, up to a factor. */
function densityOf(variants: readonly Variant[], seconds: number): number {
  if (!(seconds > 0)) return 0;
  const log = Math.log(seconds);
  let density = 0;
  for (const { weight, time } of variants) {
    const z = (log - time.mu) / time.sigma;
    density += (weight / (time.sigma * seconds)) * Math.exp((-z * z) / 2);
  }
  return density;
}

/**
 * The moments of a log-normal over (a, b], given that it stays below the limit:
 * E[X^k; a < X ≤ b] = e^(kμ + k²σ²/2) · (Φ(z_b − kσ) − Φ(z_a − kσ)) with z = (ln x − μ)/σ.
 */
function momentsOfTime(
  { mu, sigma }: LogNormal,
  bounds: readonly number[],
  scale: number,
  limit: number,
): readonly (readonly number[])[] {
  const last = bounds.findIndex((bound) => bound >= limit);
  const end = last < 0 ? bounds.length : last;
  const center = mu + Math.log(scale);
  const z = (x: number) => (Math.log(x) - center) / sigma;
  const all = normalCdf(z(limit));
  // Hardly anything is that fast: what is, is so only just.
  if (all < NEGLIGIBLE) {
    return [1, limit, limit * limit].map((moment) => [...zeros(end), moment]);
  }
  const edges = [Number.NEGATIVE_INFINITY, ...bounds.slice(0, end).map(z), z(limit)];
  return [0, 1, 2].map((k) => {
    const factor = Math.exp(k * center + (k * k * sigma * sigma) / 2) / all;
    return chancesBetween(edges.map((edge) => edge - k * sigma)).map((chance) => factor * chance);
  });
}

/** Φ(b) − Φ(a) for each a and b that follow each other, from the tail in which both are small. */
function chancesBetween(edges: readonly number[]): readonly number[] {
  const tails = edges.map((x) => normalCdf(-Math.abs(x)));
  return edges.slice(1).map((b, i) => {
    const [low, high] = [tails[i]!, tails[i + 1]!];
    if (edges[i]! > 0) return low - high;
    return (b > 0 ? 1 - high : high) - low;
  });
}

const STEPS = 16;

/**
 * Scores between 0 and 1 in buckets: logit-normal, 1 / (1 + e^−(μ + σZ)), whose distribution
 * function is Φ((logit x − μ)/σ). Moments by the midpoint rule over each bucket's chance.
 */
export function scoresInBuckets(
  mu: number,
  sigma: number,
  bounds: readonly number[],
  scale: number,
): Fall {
  const cdf = (x: number) =>
    x <= 0 ? 0 : x >= 1 ? 1 : normalCdf((Math.log(x / (1 - x)) - mu) / sigma);
  const [chances, firsts, seconds] = noMoments(bounds);
  for (let i = 0; i < chances.length; i++) {
    const low = Math.min(1, (bounds[i - 1] ?? 0) / scale);
    const high = Math.min(1, (bounds[i] ?? scale) / scale);
    let a = low;
    let before = cdf(a);
    for (let step = 1; step <= STEPS; step++) {
      const b = low + ((high - low) * step) / STEPS;
      const upTo = cdf(b);
      const chance = upTo - before;
      const value = ((a + b) / 2) * scale;
      chances[i]! += chance;
      firsts[i]! += chance * value;
      seconds[i]! += chance * value * value;
      a = b;
      before = upTo;
    }
  }
  return fallOf(bounds, scale, [chances, firsts, seconds]);
}

/** Whole numbers 0, 1, 2, … with these relative chances; the bounds are the numbers themselves. */
export function numbersInBuckets(weights: readonly number[]): Fall {
  const numbers = weights.map((_, value) => value);
  const firsts = weights.map((weight, i) => weight * i);
  const seconds = weights.map((weight, i) => weight * i * i);
  return fallOf(numbers, numbers.at(-1) ?? 0, [weights, firsts, seconds]);
}
