import type { SystemState } from './conditions.js';
import { type LogNormal, mean } from './latency.js';
import type { Minute } from './model.js';
import type { Variant } from './observations.js';
import {
  type Follows,
  type Group,
  groupDraws,
  type Observations,
  type Observe,
  type Observed,
  observations,
  spreadOf,
} from './observing.js';
import { derived } from './recent.js';
import { binomial } from './samplers.js';
import { nameKey, type Stream } from './stream.js';

// Some times contain others: an answer lasts as long as its LLM call, and a rest. Its histogram
// follows the one of those calls, cell by cell, so that the cost is flat in traffic here too.

/** The time that comes on top of another, as points with weights that add up to 1; in units. */
export interface Rest {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** Times that follow others. */
interface Longer extends Observed {
  readonly follows: Follows;
}

/** How times follow others. */
export interface Following {
  readonly name: string;
  readonly bounds: readonly number[];
  /** Requests whose times follow no others. */
  readonly groups: readonly Group[];
  /** The times that are followed: each of them is longer here, by a rest. */
  others(minute: Minute): readonly Observations[];
  rest(state: SystemState): Rest;
}

/**
 * The observations of a histogram that follows others. Its sum is the sum of theirs and of the
 * rests, to which the requests that follow nothing add their own times.
 */
export function following({ name, bounds, groups, others, rest }: Following): Observe<Minute> {
  const key = nameKey(name);
  const draw = groupDraws(groups);
  const restIn = derived(rest);
  return (minute, draws) => {
    const before = others(minute);
    const stream = draws(key);
    const alone = draw(stream, minute);
    const here = restIn(minute.conditions.state);
    const longer = before.flatMap((other) => follow(stream, other, here, bounds));
    const all = [...alone, ...longer];
    let { mean, variance } = spreadOf(alone);
    for (const { sum } of before) mean += sum;
    for (const { counts, places, follows } of longer) {
      for (let i = 0; i < counts.length; i++) {
        mean += counts[i]! * follows.rests[i]!;
        variance += counts[i]! * places.variances[i]!;
      }
    }
    return observations(stream, bounds, all, { mean, variance });
  };
}

/**
 * The times that follow those of another histogram, of whose sum each place explains a part, in
 * proportion to its variance: a single time is known, one of very many lies anywhere in its place.
 */
function follow(
  stream: Stream,
  { bounds: otherBounds, groups, sum }: Observations,
  rest: Rest,
  bounds: readonly number[],
): Longer[] {
  const { mean: expected, variance: all } = spreadOf(groups);
  return groups.map(({ routes, places: { buckets, means, variances }, counts }) => {
    const longer = nothing(routes);
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i]!;
      if (count === 0) continue;
      const share = all > 0 ? variances[i]! / all : 0;
      const [least, most] = [otherBounds[buckets[i]! - 1] ?? 0, otherBounds[buckets[i]!]!];
      const mean = Math.max(least, Math.min(most, means[i]! + share * (sum - expected)));
      const deviation = Math.sqrt(3 * variances[i]! * (1 - share));
      const reach = Math.min(deviation, mean - least, most - mean);
      drawLonger(stream, { count, place: i, mean, reach }, rest, bounds, longer);
    }
    return longer;
  });
}

/** Times between `mean` ± `reach`, evenly. */
interface Even {
  readonly count: number;
  readonly place: number;
  readonly mean: number;
  readonly reach: number;
}

type Growing = ReturnType<typeof nothing>;

function nothing(routes: readonly number[]) {
  const list = (): number[] => [];
  return {
    routes,
    places: { buckets: list(), means: list(), variances: list() },
    counts: list(),
    follows: { places: list(), rests: list() },
  };
}

/**
 * Draws the buckets of times with a rest on top. The chance of a bucket is what the points of the
 * rest leave of the times below its bound, and not below the one before it.
 */
function drawLonger(
  stream: Stream,
  { count, place, mean, reach }: Even,
  { values, weights }: Rest,
  bounds: readonly number[],
  longer: Growing,
): void {
  const low = mean - reach;
  let left = count;
  // Of the buckets before: their chance, and the sums of the rests and of their squares over it.
  let chance = 0;
  let first = 0;
  let second = 0;
  for (let bucket = bucketOf(bounds, low + values[0]!); left > 0; bucket++) {
    const end = bounds[bucket]! - low;
    let c = 0;
    let f = 0;
    let s = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const room = end - value;
      if (room < 0) break;
      const weight = room < 2 * reach ? (weights[i]! * room) / (2 * reach) : weights[i]!;
      c += weight;
      f += weight * value;
      s += weight * value * value;
    }
    const hazard = c > CERTAIN ? 1 : (c - chance) / (1 - chance);
    const here = binomial(stream, left, hazard);
    if (here > 0) {
      const rest = (f - first) / (c - chance);
      longer.places.buckets.push(bucket);
      longer.places.means.push(mean + rest);
      longer.places.variances.push(Math.max(0, (s - second) / (c - chance) - rest * rest));
      longer.counts.push(here);
      longer.follows.places.push(place);
      longer.follows.rests.push(rest);
      left -= here;
    }
    chance = c;
    first = f;
    second = s;
  }
}

/** Chances above are 1: the last digits of their sums are none of their own. */
const CERTAIN = 1 - 1e-9;

/** The first bucket that reaches up to a value. */
function bucketOf(bounds: readonly number[], value: number): number {
  let bucket = 0;
  while (bounds[bucket]! < value) bucket++;
  return bucket;
}

/** Where a standard normal number is looked at. */
const STEP = 1.1;
const STEPS = [-2, -1, 0, 1, 2].map((k) => k * STEP);

/** A mixture of log-normal times as points. */
export function restOf(variants: readonly Variant[], scale: number, limit: number): Rest {
  const points = variants.flatMap(({ weight, time }) =>
    pointsOf(time).map(({ value, chance }) => ({
      value: Math.min(limit, value * scale),
      weight: weight * chance,
    })),
  );
  points.sort((a, b) => a.value - b.value);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  return {
    values: points.map(({ value }) => value),
    weights: points.map(({ weight }) => weight / total),
  };
}

function pointsOf(time: LogNormal) {
  const points = STEPS.map((z) => ({
    value: Math.exp(time.mu + time.sigma * z),
    chance: Math.exp((-z * z) / 2),
  }));
  const total = points.reduce((sum, { chance }) => sum + chance, 0);
  const average = points.reduce((sum, { value, chance }) => sum + value * chance, 0) / total;
  const factor = mean(time) / average;
  return points.map(({ value, chance }) => ({ value: value * factor, chance: chance / total }));
}
