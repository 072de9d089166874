import { sumAt, zeros } from './arrays.js';
import type { SystemState } from './conditions.js';
import type { Conditions } from './flow.js';
import type { Flow } from './hour.js';
import { type Fall, observe } from './observations.js';
import type { DayPrices } from './prices.js';
import { derived } from './recent.js';
import { nameKey, type Stream } from './stream.js';
import {
  type AmountShape,
  emptyTally,
  type HistogramShape,
  type Tally,
  type TallyShape,
} from './tally.js';

/** What requests there were in a stretch of whole minutes of one UTC hour, and what they carried. */
export interface Stretch {
  readonly flow: Flow;
  /** Bytes that docstore holds at the start of the hour; it is metered by the hour. */
  readonly storedBytes: number;
  readonly seconds: number;
}

/** Everything that the world knows about one UTC minute. */
export interface Minute extends Stretch {
  /** Minutes since the epoch. */
  readonly minute: number;
  readonly conditions: Conditions;
}

/** A random stream for one draw of a service in a minute, by the key of the draw's name. */
export type Draws = (key: number) => Stream;

/** What the requests on some routes added to a histogram of a minute's tally. */
export interface Observed {
  readonly routes: readonly number[];
  readonly fall: Fall;
  /** Observations by bucket, not cumulative. */
  readonly buckets: readonly number[];
}

/** How the tallies of one service follow from the world's minutes. */
export interface ServiceModel {
  readonly name: string;
  readonly shape: TallyShape;
  /** Requests and amounts of a stretch, which follow from it; of observations nothing is drawn. */
  count(stretch: Stretch): Tally;
  /** What the service did in a minute. */
  draw(minute: Minute, draws: Draws): Tally;
  /** The observations of that tally, by histogram, in the groups that they were drawn in. */
  observed(minute: Minute, draws: Draws): readonly (readonly Observed[])[];
  /**
   * What it cost, by entry, in picodollars / `moneyDivisor`: integers, from the tally's amounts and
   * the prices of its day.
   */
  money(tally: Tally, prices: DayPrices): readonly bigint[];
  readonly moneyDivisors: readonly bigint[];
}

/** Requests on these routes make observations that fall alike. */
export interface Group {
  readonly routes: readonly number[];
  fall(state: SystemState): Fall;
}

type Class = { readonly name: string; readonly routes: readonly number[] };

/** Each route of the classes `of` is in one of the groups. */
type Histogram = HistogramShape & { readonly name: string; readonly groups: readonly Group[] };

type Amount = AmountShape & { read(stretch: Stretch): number };

/** A service as data. */
export interface ModelDescription {
  readonly name: string;
  readonly classes: readonly Class[];
  readonly histograms: readonly Histogram[];
  readonly amounts: readonly Amount[];
  readonly moneyDivisors: readonly bigint[];
  money(tally: Tally, prices: DayPrices): readonly bigint[];
}

/** The model that a description describes. Adds nothing of its own but the order of draws. */
export function serviceModel(description: ModelDescription): ServiceModel {
  const { name, classes, amounts, moneyDivisors, money } = description;
  const shape: TallyShape = {
    classes: classes.map((each) => each.name),
    histograms: description.histograms.map(({ of, bounds, scale }) => ({ of, bounds, scale })),
    amounts: amounts.map(({ of, law }) => ({ of, law })),
  };
  const histograms = description.histograms.map((each) => ({
    ...each,
    key: nameKey(each.name),
    falls: derived((state: SystemState) => each.groups.map((group) => group.fall(state))),
  }));
  const count = (stretch: Stretch): Tally => {
    const tally = emptyTally(shape);
    classes.forEach((each, c) => {
      tally.counts[c] = sumAt(stretch.flow.routes, each.routes);
    });
    amounts.forEach((amount, a) => {
      tally.amounts[a] = amount.read(stretch);
    });
    return tally;
  };
  const draw = (minute: Minute, draws: Draws): Tally => {
    const tally = count(minute);
    const { routes } = minute.flow;
    histograms.forEach(({ key, bounds, groups, falls }, h) => {
      const counts = groups.map((group) => sumAt(routes, group.routes));
      const buckets = tally.buckets[h]!;
      const here = falls(minute.conditions.state);
      tally.sums[h] = observe(draws(key), counts, here, bounds, buckets);
    });
    return tally;
  };
  const observed = ({ conditions, flow }: Minute, draws: Draws) =>
    histograms.map(({ key, bounds, groups, falls }) => {
      const counts = groups.map(({ routes }) => sumAt(flow.routes, routes));
      const parts = groups.map(() => zeros(bounds.length + 1));
      const here = falls(conditions.state);
      observe(draws(key), counts, here, bounds, zeros(bounds.length + 1), parts);
      return groups.map(({ routes }, g) => ({ routes, fall: here[g]!, buckets: parts[g]! }));
    });
  return { name, shape, count, draw, observed, money, moneyDivisors };
}
