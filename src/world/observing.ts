import { sumAt, zeros } from './arrays.js';
import type { SystemState } from './conditions.js';
import type { Flow } from './draw-flow.js';
import type { Conditions } from './flow.js';
import type { Fall } from './observations.js';
import { derived } from './recent.js';
import { binomial, normal } from './samplers.js';
import { nameKey, type Stream } from './stream.js';
import { greatestSum, leastSum } from './tally.js';
import { tilted, tiltOf } from './tilted.js';

/** What the requests on some routes added to a histogram. */
export interface Observed {
  readonly routes: readonly number[];
  /** Where observations can fall, with the mean and variance, in units, of those that do. */
  readonly places: Pick<Fall, 'buckets' | 'means' | 'variances' | 'limit' | 'density'>;
  /** How many did, place by place; none after the last that is counted. */
  readonly counts: readonly number[];
  /** Where these are times that follow others of the same requests. */
  readonly follows?: Follows | undefined;
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
  /** Where these were drawn in parts: each with a sum of its own. */
  readonly parts?: readonly Observations[];
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
    return observations(stream, bounds, observed, drawSum(stream, bounds, observed));
  };
}

/**
 * How to draw the observations of these groups, one after the other. Most groups are of failures, so
 * rare that in most states nobody ever asks how they fall.
 */
export function groupDraws(groups: readonly Group[]) {
  const fallsIn = derived((_state: SystemState): Fall[] => []);
  const none = groups.map(({ routes }) => {
    return { routes, places: NO_PLACES, counts: [], follows: undefined };
  });
  return (stream: Stream, { conditions: { state }, flow }: Happened): Observed[] => {
    const falls = fallsIn(state);
    return groups.map(({ routes, fall }, g) => {
      const n = sumAt(flow.routes, routes);
      if (n === 0) return none[g]!;
      falls[g] ??= fall(state);
      const places = falls[g];
      return { routes, places, counts: drawCounts(stream, n, places), follows: undefined };
    });
  };
}

/** Of what nobody observed. */
const NO_PLACES: Observed['places'] = { buckets: [], means: [], variances: [] };

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

/** How many observations there are. */
export function countOf(groups: readonly Observed[]): number {
  let n = 0;
  for (const { counts } of groups) for (const count of counts) n += count;
  return n;
}

/** The sum of so few observations is no normal number. */
export const FEW = 3;

/** The sum of observations: a few are drawn one by one, that of more is as good as normal. */
export function drawSum(
  stream: Stream,
  bounds: readonly number[],
  groups: readonly Observed[],
): Spread {
  if (countOf(groups) > FEW) return spreadOf(groups);
  let mean = 0;
  for (const { counts, places } of groups) {
    for (let i = 0; i < counts.length; i++) {
      for (let k = counts[i]!; k > 0; k--) mean += drawOne(stream, bounds, places, i);
    }
  }
  return { mean, variance: 0 };
}

/** An observation in a place. */
function drawOne(
  stream: Stream,
  bounds: readonly number[],
  places: Observed['places'],
  place: number,
): number {
  const { buckets, means, variances, limit } = places;
  if (variances[place] === 0) return means[place]!;
  const low = bounds[buckets[place]! - 1] ?? 0;
  // Only falls with a limit reach the bucket without a bound.
  const width = (bounds[buckets[place]!] ?? limit!) - low;
  const tilts = tiltsOf(places);
  tilts[place] ??= tiltOf((means[place]! - low) / width);
  return low + width * tilted(tilts[place], stream.next());
}

/** Tilts of the places of a fall, as far as they are known. */
const tiltsOf = derived((_places: Observed['places']): number[] => []);

/** A sum that is out of bounds by a little is mirrored: held there it would be the bound itself. */
function within(sum: number, least: number, most: number): number {
  const mirrored = sum < least ? 2 * least - sum : sum > most ? 2 * most - sum : sum;
  return Math.max(least, Math.min(most, mirrored));
}

/**
 * These observations, with a sum: normal, rounded, no less than `floor`, and held to what the
 * buckets allow.
 */
export function observations(
  stream: Stream,
  bounds: readonly number[],
  groups: readonly Observed[],
  { mean, variance }: Spread,
  floor = 0,
): Observations {
  const buckets = zeros(bounds.length + 1);
  for (const { places, counts } of groups) {
    for (let i = 0; i < counts.length; i++) buckets[places.buckets[i]!]! += counts[i]!;
  }
  const sum = variance > 0 ? mean + normal(stream) * Math.sqrt(variance) : mean;
  const most = greatestSum(bounds, buckets);
  const least = Math.min(most, Math.max(floor, leastSum(bounds, buckets)));
  return { bounds, groups, buckets, sum: within(Math.round(sum), least, most) };
}

/** Two parts, of the same bounds, as one. */
export function together(a: Observations, b: Observations): Observations {
  return {
    bounds: a.bounds,
    groups: [...a.groups, ...b.groups],
    buckets: a.buckets.map((count, i) => count + b.buckets[i]!),
    sum: a.sum + b.sum,
    parts: [a, b],
  };
}
