import { zeros } from './arrays.js';
import type { Follows, Observed } from './observing.js';
import type { Rest } from './rest.js';
import { binomial } from './samplers.js';
import type { Stream } from './stream.js';

/**
 * Times of one place with a rest on top, by the bucket in which they end: a cell each. One such
 * object serves place after place, since those of a minute are many; cells are added as they are
 * needed.
 */
export interface Cells {
  /** The mean of the times, the least of them, and how far they reach from there. */
  mean: number;
  low: number;
  width: number;
  /** From −1, where their density falls evenly to 0, to 1, where it grows from there. */
  slope: number;
  /** How many cells there are. */
  size: number;
  /** How many points of the rest leave all times below the end of the last cell. */
  whole: number;
  readonly buckets: number[];
  /** The chance of a cell or one before it, and of a cell for a time that is in none before. */
  readonly chances: number[];
  readonly hazards: number[];
  /** Mean and variance of the rests in a cell. */
  readonly rests: number[];
  readonly variances: number[];
  /** Up to the end of a cell: the sums of the rests and of their squares over its chance. */
  readonly firsts: number[];
  readonly seconds: number[];
  /** How many times were drawn. */
  readonly counts: number[];
}

/** Its numbers are fractions from the start, as they are later: V8 need not learn that they can be. */
export function noCells(): Cells {
  return {
    mean: 0.5,
    low: 0.5,
    width: 0.5,
    slope: 0.5,
    size: 0,
    whole: 0,
    buckets: [],
    chances: [],
    hazards: [],
    rests: [],
    variances: [],
    firsts: [],
    seconds: [],
    counts: [],
  };
}

/** Begins with times of this mean between others, of which they take such a part about it. */
export function begin(cells: Cells, mean: number, least: number, most: number, part: number): void {
  const below = (mean - least) * part;
  const above = (most - mean) * part;
  // With the steepest slope the mean is at a third.
  const before = Math.min(below, 2 * above);
  cells.mean = mean;
  cells.low = mean - before;
  cells.width = before + Math.min(above, 2 * below);
  cells.slope = cells.width > 0 ? (6 * before) / cells.width - 3 : 0;
  cells.size = 0;
  cells.whole = 0;
}

/** So many times are cheaper drawn one by one than cell by cell. */
const FEW = 12;

/** Draws how many of `count` times are in which cell, into `counts`; gives back behind the last. */
export function drawCells(
  stream: Stream,
  cells: Cells,
  count: number,
  rest: Rest,
  bounds: readonly number[],
): number {
  const { counts, chances, hazards } = cells;
  let end = 0;
  for (let left = count; left > 0; ) {
    const one = count <= FEW;
    const at = one ? stream.next() : 0;
    let i = one ? 0 : end;
    if (i === cells.size) add(cells, rest, bounds);
    while (chances[i]! < at) {
      i++;
      if (i === cells.size) add(cells, rest, bounds);
    }
    while (end <= i) counts[end++] = 0;
    const here = one ? 1 : binomial(stream, left, hazards[i]!);
    counts[i]! += here;
    left -= here;
  }
  return end;
}

/** All cells of all places of a fall, one place after the other. */
export interface Table {
  readonly places: Observed['places'];
  readonly follows: Follows;
  readonly chances: readonly number[];
  readonly hazards: readonly number[];
  /** Where the cells of a place begin. */
  readonly starts: readonly number[];
}

/** The cells of times that fall like this between `others`, with a rest on top. */
export function tableOf(
  fall: Observed['places'],
  others: readonly number[],
  rest: Rest,
  bounds: readonly number[],
): Table {
  const all = noCells();
  const [places, means, starts]: [number[], number[], number[]] = [[], [], []];
  fall.buckets.forEach((bucket, place) => {
    const cells = noCells();
    begin(cells, fall.means[place]!, others[bucket - 1] ?? 0, others[bucket]!, 1);
    while (cells.chances.at(-1) !== 1) add(cells, rest, bounds);
    starts.push(places.length);
    for (let i = 0; i < cells.size; i++) {
      places.push(place);
      means.push(cells.mean + cells.rests[i]!);
    }
    for (const name of ['buckets', 'chances', 'hazards', 'rests', 'variances'] as const) {
      all[name].push(...cells[name]);
    }
  });
  const { buckets, chances, hazards, rests, variances } = all;
  return {
    chances,
    hazards,
    starts,
    places: { buckets, means, variances },
    follows: { places, rests },
  };
}

/** Draws in which cells the times are of which there are so many in each place. */
export function drawTable(
  stream: Stream,
  { chances, hazards, starts }: Table,
  times: readonly number[],
): number[] {
  const counts = zeros(starts[times.length] ?? chances.length);
  for (let place = 0; place < times.length; place++) {
    const start = starts[place]!;
    let left = times[place]!;
    if (left <= FEW) {
      for (; left > 0; left--) {
        const at = stream.next();
        let cell = start;
        while (chances[cell]! < at) cell++;
        counts[cell]! += 1;
      }
    }
    for (let cell = start; left > 0; cell++) {
      counts[cell] = binomial(stream, left, hazards[cell]!);
      left -= counts[cell]!;
    }
  }
  return counts;
}

/**
 * Adds a cell. Its chance is what the points of the rest leave of the times below the bound of its
 * bucket, and not below the one before it.
 */
function add(cells: Cells, rest: Rest, bounds: readonly number[]): void {
  const { values, weights, before: sums } = rest;
  const { low, width, slope, size } = cells;
  const bucket = size > 0 ? cells.buckets[size - 1]! + 1 : bucketOf(bounds, low + values[0]!);
  const end = bounds[bucket]! - low;
  let i = cells.whole;
  while (i < values.length && end - values[i]! >= width) i++;
  cells.whole = i;
  let chance = sums.weights[i]!;
  let first = sums.firsts[i]!;
  let second = sums.seconds[i]!;
  for (; i < values.length; i++) {
    const value = values[i]!;
    const room = end - value;
    if (room < 0) break;
    const part = room / width;
    const weight = weights[i]! * (part * (1 - slope + slope * part));
    chance += weight;
    first += weight * value;
    second += weight * value * value;
  }
  const before = size > 0 ? cells.chances[size - 1]! : 0;
  const here = chance - before > NEGLIGIBLE ? chance - before : 0;
  // Where no point reaches a bucket nothing is in its cell.
  const share = here > 0 ? 1 / here : 0;
  const mean = (first - (size > 0 ? cells.firsts[size - 1]! : 0)) * share;
  const square = (second - (size > 0 ? cells.seconds[size - 1]! : 0)) * share;
  cells.buckets[size] = bucket;
  cells.chances[size] = chance > CERTAIN ? 1 : chance;
  cells.hazards[size] = chance > CERTAIN ? 1 : here / (1 - before);
  cells.rests[size] = mean;
  cells.variances[size] = Math.max(0, square - mean * mean);
  cells.firsts[size] = first;
  cells.seconds[size] = second;
  cells.size = size + 1;
}

/** Smaller chances are none: what is divided by them is no number any more. */
const NEGLIGIBLE = 1e-12;

/** Chances above are 1: the last digits of their sums are none of their own. */
const CERTAIN = 1 - 1e-9;

/** The first bucket that reaches up to a value. */
function bucketOf(bounds: readonly number[], value: number): number {
  let bucket = 0;
  while (bounds[bucket]! < value) bucket++;
  return bucket;
}
