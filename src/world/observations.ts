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

/** The moments of one bucket: chance, and E[X], E[X²] over that bucket alone (not divided by it). */
type Moments = readonly [chance: number, first: number, second: number];
const NOTHING: Moments = [0, 0, 0];

/** The fall with these moments by bucket; observations of a bucket lie within its bounds. */
function fallOf(
  bounds: readonly number[],
  limit: number,
  momentsOf: (bucket: number) => Moments,
  density?: Fall['density'],
): Fall {
  const reached = [...bounds, Number.POSITIVE_INFINITY].flatMap((high, bucket) => {
    const [chance, first, second] = momentsOf(bucket);
    if (!(chance > NEGLIGIBLE)) return [];
    const mean = Math.max(bounds[bucket - 1] ?? 0, Math.min(high, first / chance));
    return [{ bucket, chance, mean, variance: Math.max(0, second / chance - mean * mean) }];
  });
  const hazards: number[] = [];
  let total = 0;
  for (let i = reached.length - 1; i >= 0; i--) {
    const { chance } = reached[i]!;
    total += chance;
    hazards[i] = chance / total;
  }
  return {
    buckets: reached.map(({ bucket }) => bucket),
    chances: reached.map(({ chance }) => chance / total),
    hazards: Array.from(hazards),
    means: reached.map(({ mean }) => mean),
    variances: reached.map(({ variance }) => variance),
    limit,
    density,
  };
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
  const parts = variants.map(({ weight, time }) => ({
    // Where nothing has any weight nothing is observed, but a fall there must be.
    weight: total > 0 ? weight / total : 1 / variants.length,
    momentsOf: momentsOfTime(time, bounds, scale, limit),
  }));
  const momentsOf = (bucket: number): Moments => {
    const sum: [number, number, number] = [0, 0, 0];
    for (const { weight, momentsOf } of parts) {
      momentsOf(bucket).forEach((moment, k) => {
        sum[k]! += weight * moment;
      });
    }
    return sum;
  };
  return fallOf(bounds, limit, momentsOf, (value) => densityOf(variants, value / scale));
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
): (bucket: number) => Moments {
  const last = bounds.findIndex((bound) => bound >= limit);
  const end = last < 0 ? bounds.length : last;
  const center = mu + Math.log(scale);
  const z = (x: number) => (Math.log(x) - center) / sigma;
  const all = normalCdf(z(limit));
  // Hardly anything is that fast: what is, is so only just.
  if (all < NEGLIGIBLE) return (i) => (i === end ? [1, limit, limit * limit] : NOTHING);
  const edges = [Number.NEGATIVE_INFINITY, ...bounds.slice(0, end).map(z), z(limit)];
  const factors = [0, 1, 2].map((k) => Math.exp(k * center + (k * k * sigma * sigma) / 2) / all);
  return (i) => {
    if (i > end) return NOTHING;
    const moment = (k: number) =>
      factors[k]! * between(edges[i]! - k * sigma, edges[i + 1]! - k * sigma);
    return [moment(0), moment(1), moment(2)];
  };
}

/** Φ(b) − Φ(a), from the tail in which both are small. */
function between(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
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
  return fallOf(bounds, scale, (i) => {
    const low = Math.min(1, (bounds[i - 1] ?? 0) / scale);
    const high = Math.min(1, (bounds[i] ?? scale) / scale);
    const moments: [number, number, number] = [0, 0, 0];
    for (let step = 0; step < STEPS; step++) {
      const a = low + ((high - low) * step) / STEPS;
      const b = low + ((high - low) * (step + 1)) / STEPS;
      const chance = cdf(b) - cdf(a);
      const value = ((a + b) / 2) * scale;
      moments[0] += chance;
      moments[1] += chance * value;
      moments[2] += chance * value * value;
    }
    return moments;
  });
}

/** Whole numbers 0, 1, 2, … with these relative chances; the bounds are the numbers themselves. */
export function numbersInBuckets(weights: readonly number[]): Fall {
  const numbers = weights.map((_, value) => value);
  return fallOf(numbers, numbers.at(-1) ?? 0, (i) => {
    const chance = weights[i] ?? 0;
    return [chance, chance * i, chance * i * i];
  });
}
