import { sumAt, zeros } from './arrays.js';
import type { SystemState } from './conditions.js';
import type { Conditions } from './flow.js';
import type { Flow } from './hour.js';
import type { Fall } from './observations.js';
import { derived } from './recent.js';
import { binomial, normal } from './samplers.js';
import { nameKey, type Stream } from './stream.js';
import { greatestSum, leastSum } from './tally.js';

/** What the requests on some routes added to a histogram. */
export interface Observed {
  readonly routes: readonly number[];
  /** Where observations can fall, with the mean and variance, in units, of those that do. */
  readonly places: Pick<Fall, 'buckets' | 'means' | 'variances'>;
  /** How many did, place by place; none after the last that is counted. */
  readonly counts: readonly number[];
  /** Where these are times that follow others of the same requests. */
  readonly follows?: Follows;
}

/** By place: the place of the times that are followed, and the mean of what came on top of those. */
export interface Follows {
  readonly places: readonly number[];
  readonly rests: readonly number[];
}

/** All observations of a histogram in a minute, and their sum in units. */
export interface Observations {
  /** Upper bounds of the buckets in units. */
  readonly bounds: readonly number[];
  readonly groups: readonly Observed[];
  /** Those of all groups by bucket, not cumulative. */
  readonly buckets: readonly number[];
  readonly sum: number;
}

/** Draws the observations of a histogram in a minute, from a stream of their own. */
export type Observe<M = Happened> = (minute: M, draws: Draws) => Observations;

/** What requests there were in a minute, and the system that they met. */
export interface Happened {
  readonly flow: Flow;
  readonly conditions: Conditions;
}

/** A random stream for one draw of a service in a minute, by the key of the draw's name. */
export type Draws = (key: number) => Stream;

/** Requests on these routes make observations that fall alike. */
export interface Group {
  readonly routes: readonly number[];
  fall(state: SystemState): Fall;
}

/** The observations of these groups, drawn by name. */
export function observing(
  name: string,
  bounds: readonly number[],
  groups: readonly Group[],
): Observe {
  const key = nameKey(name);
  const draw = groupDraws(groups);
  return (minute, draws) => {
    const stream = draws(key);
    const observed = draw(stream, minute);
    return observations(stream, bounds, observed, spreadOf(observed));
  };
}

/** How to draw the observations of these groups, one after the other. */
export function groupDraws(groups: readonly Group[]) {
  const falls = derived((state: SystemState) => groups.map((group) => group.fall(state)));
  return (stream: Stream, { conditions, flow }: Happened): Observed[] => {
    const here = falls(conditions.state);
    return groups.map(({ routes }, g) => ({
      routes,
      places: here[g]!,
      counts: drawCounts(stream, sumAt(flow.routes, routes), here[g]!),
    }));
  };
}

/** How many of `n` observations fall into which bucket of a fall: multinomial. */
export function drawCounts(stream: Stream, n: number, { hazards }: Fall): readonly number[] {
  const counts: number[] = [];
  let left = n;
  for (let i = 0; left > 0; i++) {
    const here = binomial(stream, left, hazards[i]!);
    counts.push(here);
    left -= here;
  }
  return counts;
}

/** The mean and the variance of a sum. */
export interface Spread {
  readonly mean: number;
  readonly variance: number;
}

/** Those of the sum of all observations. */
export function spreadOf(groups: readonly Observed[]): Spread {
  let mean = 0;
  let variance = 0;
  for (const { places, counts } of groups) {
    for (let i = 0; i < counts.length; i++) {
      mean += counts[i]! * places.means[i]!;
      variance += counts[i]! * places.variances[i]!;
    }
  }
  return { mean, variance };
}

/** These observations, with a sum: normal, rounded, and held to what the buckets allow. */
export function observations(
  stream: Stream,
  bounds: readonly number[],
  groups: readonly Observed[],
  { mean, variance }: Spread,
): Observations {
  const buckets = zeros(bounds.length + 1);
  for (const { places, counts } of groups) {
    for (let i = 0; i < counts.length; i++) buckets[places.buckets[i]!]! += counts[i]!;
  }
  const sum = variance > 0 ? mean + normal(stream) * Math.sqrt(variance) : mean;
  const least = leastSum(bounds, buckets);
  const held = Math.max(least, Math.min(greatestSum(bounds, buckets), Math.round(sum)));
  return { bounds, groups, buckets, sum: held };
}
