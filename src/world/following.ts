import { begin, type Cells, drawCells, drawTable, noCells, type Table, tableOf } from './cells.js';
import type { SystemState } from './conditions.js';
import type { Minute } from './model.js';
import {
  countOf,
  FEW,
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
import type { Rest } from './rest.js';
import { gamma } from './samplers.js';
import { nameKey, type Stream } from './stream.js';

// Some times contain others: a search lasts as long as its retrieval and a rest, an answer as long
// as its LLM call and a rest, of which its retrieval is a part. Histograms follow each other cell by
// cell, so that the cost is flat in traffic here too.

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
  /**
   * Whether a place of the others is taken for the same whatever their sum says, unless they are
   * few: the sum says much of times that are few or far apart.
   */
  readonly fixed?: boolean;
  /** Where the rests contain times that are counted too: one each. */
  readonly within?: Within;
}

/** Times within the rests, and what these are besides. */
export interface Within {
  times(minute: Minute): Observations;
  besides(state: SystemState): Rest;
}

/**
 * The observations of a histogram that follows others. Its sum is the sum of theirs, of the times
 * within the rests, and of what else there is, to which the requests that follow nothing add their
 * own times.
 */
export function following(description: Following): Observe<Minute> {
  const { name, bounds, groups, others, rest, within, fixed } = description;
  const key = nameKey(name);
  const draw = groupDraws(groups);
  const restIn = derived(rest);
  const besidesIn = within ? derived(within.besides) : restIn;
  // Written anew for each place, and read before the next: what it holds does not last.
  const cells = noCells();
  const tablesIn = derived((_state: SystemState): Table[] => []);
  return (minute, draws) => {
    const { state } = minute.conditions;
    const before = others(minute);
    const parts = within ? [...before, within.times(minute)] : before;
    const stream = draws(key);
    const alone = draw(stream, minute);
    const here = restIn(state);
    const longer = before.flatMap((other) =>
      fixed && countOf(other.groups) > FEW
        ? followFixed(stream, other, here, bounds, tablesIn(state))
        : follow(stream, other, here, bounds, cells),
    );
    const { mean, variance } = spreadOf(alone);
    const followed = parts.reduce((total, each) => total + each.sum, 0);
    const left = sumOfRests(stream, longer, here, besidesIn(state));
    const spread = { mean: mean + followed + left, variance };
    const groups = [...alone, ...longer];
    return observations(stream, bounds, groups, spread, followed + countOf(longer));
  };
}

/**
 * What rests add up to, less the times within them: more than nothing, so a gamma number. Their
 * places say what mean it has, but nothing of less than the shortest each.
 */
function sumOfRests(stream: Stream, longer: readonly Longer[], rest: Rest, besides: Rest): number {
  let n = 0;
  let mean = 0;
  let variance = 0;
  for (const { counts, places, follows } of longer) {
    for (let i = 0; i < counts.length; i++) {
      n += counts[i]!;
      mean += counts[i]! * follows.rests[i]!;
      variance += counts[i]! * places.variances[i]!;
    }
  }
  if (n === 0) return 0;
  if (rest !== besides) {
    mean = Math.max(n * besides.values[0]!, mean - n * (rest.mean - besides.mean));
    variance = Math.min(variance, n * besides.variance);
  }
  if (!(variance > 0)) return mean;
  return (gamma(stream, (mean * mean) / variance) * variance) / mean;
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
  cells: Cells,
): Longer[] {
  const { mean: expected, variance: all } = spreadOf(groups);
  return groups.map((group) => {
    const { routes, counts } = group;
    if (counts.length === 0) return { ...group, follows: NO_FOLLOWS };
    const { buckets, means, variances } = group.places;
    const longer = nothing(routes);
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const share = all > 0 ? variances[i]! / all : 0;
      const least = otherBounds[buckets[i]! - 1] ?? 0;
      const most = otherBounds[buckets[i]!]!;
      const mean = Math.max(least, Math.min(most, means[i]! + share * (sum - expected)));
      begin(cells, mean, least, most, Math.sqrt(1 - share));
      const end = drawCells(stream, cells, counts[i]!, rest, bounds);
      for (let cell = 0; cell < end; cell++) {
        const count = cells.counts[cell]!;
        if (count === 0) continue;
        longer.counts.push(count);
        longer.places.buckets.push(cells.buckets[cell]!);
        longer.places.means.push(cells.mean + cells.rests[cell]!);
        longer.places.variances.push(cells.variances[cell]!);
        longer.follows.places.push(i);
        longer.follows.rests.push(cells.rests[cell]!);
      }
    }
    return longer;
  });
}

/** The same where a place is what it is, whatever the sum says: by the tables of a state. */
function followFixed(
  stream: Stream,
  { bounds: otherBounds, groups }: Observations,
  rest: Rest,
  bounds: readonly number[],
  tables: Table[],
): Longer[] {
  return groups.map((group, g) => {
    const { routes, counts: times, places: fall } = group;
    if (times.length === 0) return { ...group, follows: NO_FOLLOWS };
    tables[g] ??= tableOf(fall, otherBounds, rest, bounds);
    const { places, follows } = tables[g];
    return { routes, places, counts: drawTable(stream, tables[g], times), follows };
  });
}

const NO_FOLLOWS: Follows = { places: [], rests: [] };

function nothing(routes: readonly number[]) {
  const list = (): number[] => [];
  return {
    routes,
    places: { buckets: list(), means: list(), variances: list() },
    counts: list(),
    follows: { places: list(), rests: list() },
  };
}
