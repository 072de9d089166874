import { sumAt } from './arrays.js';
import type { Flow } from './draw-flow.js';
import type { Draws, Happened, Observations, Observe } from './observing.js';
import type { DayPrices } from './prices.js';
import type { Retrievals } from './retrievals.js';
import {
  type AmountShape,
  emptyTally,
  type HistogramShape,
  type Tally,
  type TallyShape,
} from './tally.js';

/** What requests there were in a stretch of whole minutes, and what they carried. */
export interface Stretch {
  readonly flow: Flow;
  /** What docstore held in that time, metered by what it holds at the start of each UTC hour. */
  readonly megabyteSeconds: number;
}

/** Everything that the world knows about one UTC minute. */
export interface Minute extends Stretch, Happened {
  /** Minutes since the epoch. */
  readonly minute: number;
  /** The LLM calls by model, drawn when somebody first asks for them. */
  calls(): readonly Observations[];
  /** The same of retrievals. */
  retrievals(): Retrievals;
}

/** How the tallies of one service follow from the world's minutes. */
export interface ServiceModel {
  readonly name: string;
  readonly shape: TallyShape;
  /** Requests and amounts of a stretch, which follow from it; of observations nothing is drawn. */
  count(stretch: Stretch): Tally;
  /** What the service did in a minute. */
  draw(minute: Minute, draws: Draws): Tally;
  /** The observations of that tally, by histogram. */
  observed(minute: Minute, draws: Draws): readonly Observations[];
  /**
   * What it cost, by entry, in picodollars / `moneyDivisor`: integers, from the tally's amounts and
   * the prices of its day.
   */
  money(tally: Tally, prices: DayPrices): readonly bigint[];
  readonly moneyDivisors: readonly bigint[];
}

type Class = { readonly name: string; readonly routes: readonly number[] };

/** Observes each request of the classes `of` once. */
type Histogram = HistogramShape & { readonly observe: Observe<Minute> };

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
  const requests = ({ flow }: Stretch) => classes.map(({ routes }) => sumAt(flow.routes, routes));
  const carried = (stretch: Stretch) => amounts.map(({ read }) => read(stretch));
  const count = (stretch: Stretch): Tally => ({
    ...emptyTally(shape),
    counts: requests(stretch),
    amounts: carried(stretch),
  });
  const observed = (minute: Minute, draws: Draws) =>
    description.histograms.map(({ observe }) => observe(minute, draws));
  const draw = (minute: Minute, draws: Draws): Tally => {
    const all = observed(minute, draws);
    return {
      counts: requests(minute),
      buckets: all.map(({ buckets }) => [...buckets]),
      sums: all.map(({ sum }) => sum),
      amounts: carried(minute),
    };
  };
  return { name, shape, count, draw, observed, money, moneyDivisors };
}
