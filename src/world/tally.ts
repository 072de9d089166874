import { type AmountLaw, splitAmount } from './amounts.js';
import { sumAt, zeros } from './arrays.js';
import { binomial } from './samplers.js';
import type { Stream } from './stream.js';

/**
 * The observations of one histogram in a tally. They are as many as the requests in the classes
 * `of`; a bucket's observations are whole numbers of the histogram's unit (a microsecond, a
 * millionth, one document) above the bound before it and up to its own.
 */
export interface HistogramShape {
  readonly of: readonly number[];
  /** Upper bounds in units, ascending; one more bucket, without a bound, follows. */
  readonly bounds: readonly number[];
  /** Units per 1: a bound of 500_000 at scale 1e6 is `le="0.5"`. */
  readonly scale: number;
}

/** An integer that requests of these classes carry; `time` accrues evenly with time instead. */
export interface AmountShape {
  readonly of: readonly number[];
  readonly law: AmountLaw | { readonly kind: 'time' };
}

/** What the tallies of one service consist of. */
export interface TallyShape {
  /** Classes of requests: each request is in exactly one. */
  readonly classes: readonly string[];
  readonly histograms: readonly HistogramShape[];
  readonly amounts: readonly AmountShape[];
}

/**
 * What one service did in a stretch of world time that lies within one minute. Integers throughout
 * (in doubles, exact below 2^53).
 */
export interface Tally {
  /** Requests by class. */
  readonly counts: number[];
  /** By histogram: observations by bucket, not cumulative; the last one is above all bounds. */
  readonly buckets: readonly number[][];
  /** By histogram: the sum of its observations, in units. */
  readonly sums: number[];
  readonly amounts: number[];
}

export function emptyTally(shape: TallyShape): Tally {
  return {
    counts: zeros(shape.classes.length),
    buckets: shape.histograms.map(({ bounds }) => zeros(bounds.length + 1)),
    sums: zeros(shape.histograms.length),
    amounts: zeros(shape.amounts.length),
  };
}

/** The least sum, in units, that observations with these bucket counts can have. */
export function leastSum(bounds: readonly number[], buckets: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < buckets.length; i++) sum += buckets[i]! * (bounds[i - 1]! + 1);
  return sum;
}

/** The greatest sum, in units: infinite once a count stands above all bounds. */
export function greatestSum(bounds: readonly number[], buckets: ArrayLike<number>): number {
  if (buckets[bounds.length]! > 0) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < bounds.length; i++) sum += buckets[i]! * bounds[i]!;
  return sum;
}

/**
 * Splits a tally into a part that takes `share` parts of `of` (seconds, or jobs) and the rest.
 * Each request goes to one side by chance; everything else follows the requests, so that on both
 * sides every total of the whole still holds. Returns [part, rest]; part + rest is the whole.
 */
export function splitTally(
  stream: Stream,
  shape: TallyShape,
  whole: Tally,
  share: number,
  of: number,
): [Tally, Tally] {
  const part = emptyTally(shape);
  const rest = emptyTally(shape);
  const { counts } = whole;
  for (let c = 0; c < counts.length; c++) {
    const n = counts[c]!;
    if (n === 0) continue;
    part.counts[c] = binomial(stream, n, share / of);
    rest.counts[c] = n - part.counts[c]!;
  }
  shape.histograms.forEach((histogram, h) => {
    splitHistogram(stream, histogram, h, whole, part, rest);
  });
  shape.amounts.forEach(({ of: classes, law }, a) => {
    const total = whole.amounts[a]!;
    if (total === 0) return;
    const here =
      law.kind === 'time'
        ? Math.floor((total * share) / of)
        : splitAmount(stream, law, total, sumAt(part.counts, classes), sumAt(counts, classes));
    part.amounts[a] = here;
    rest.amounts[a] = total - here;
  });
  return [part, rest];
}

/**
 * The part's observations are a systematic sample of the whole's, sorted by bucket: every n/part-th
 * from a random start. So each bucket gives its share to within one, and both sides are whole.
 */
function splitHistogram(
  stream: Stream,
  { of, bounds }: HistogramShape,
  h: number,
  whole: Tally,
  part: Tally,
  rest: Tally,
): void {
  const n = sumAt(whole.counts, of);
  if (n === 0) return;
  const taken = sumAt(part.counts, of);
  const from = whole.buckets[h]!;
  const here = part.buckets[h]!;
  const there = rest.buckets[h]!;
  const start = stream.next();
  let cumulative = 0;
  let before = 0;
  for (let i = 0; i < from.length; i++) {
    const count = from[i]!;
    if (count === 0) continue;
    cumulative += count;
    const ideal = Math.floor((cumulative / n) * taken + start);
    // What the remaining buckets cannot give must have been taken by now.
    const needed = Math.max(0, taken - (n - cumulative) - before);
    const take = Math.max(needed, Math.min(ideal - before, count, taken - before));
    here[i] = take;
    there[i] = count - take;
    before += take;
  }
  part.sums[h] = splitSum(bounds, whole.sums[h]!, from, here, there);
  rest.sums[h] = whole.sums[h]! - part.sums[h]!;
}

/**
 * The part's sum: its least possible one, and of what the whole has above its own least the share
 * that its buckets leave room for. Held to what both sides' bucket counts allow.
 */
function splitSum(
  bounds: readonly number[],
  sum: number,
  whole: readonly number[],
  here: readonly number[],
  there: readonly number[],
): number {
  const least = leastSum(bounds, here);
  const above = sum - leastSum(bounds, whole);
  const room = roomOf(bounds, whole);
  const guess = room > 0 ? least + Math.floor(above * (roomOf(bounds, here) / room)) : least;
  const low = Math.max(least, sum - greatestSum(bounds, there));
  const high = Math.min(greatestSum(bounds, here), sum - leastSum(bounds, there));
  return Math.max(low, Math.min(high, guess));
}

/** How far above their least the observations can reach; the unbounded bucket counts as double. */
function roomOf(bounds: readonly number[], buckets: ArrayLike<number>): number {
  let room = buckets[0]! * bounds[0]!;
  for (let i = 1; i < bounds.length; i++) room += buckets[i]! * (bounds[i]! - bounds[i - 1]! - 1);
  return room + buckets[bounds.length]! * bounds[bounds.length - 1]!;
}
