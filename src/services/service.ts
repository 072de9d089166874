import type { Labels } from '../series.js';
import type { Minute, ServiceModel } from '../world/model.js';
import type { Tally } from '../world/tally.js';
import type { Total } from '../world/total.js';

/** One instant of a service, from which its gauges are read. */
export interface Instant {
  readonly minute: Minute;
  /** What the service did in that minute. */
  readonly tally: Tally;
  /** Bytes that docstore holds at the instant. */
  readonly storedBytes: number;
}

interface Declaration<Kind extends string, Series> {
  readonly kind: Kind;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Every label set that there is, and how its value is read. */
  readonly series: readonly (Series & { readonly labels: Labels })[];
}

export type CounterDeclaration = Declaration<
  'counter',
  {
    read(total: Total): number;
    /** Index of the totals' money that it counts, for readers to whom a double is not enough. */
    readonly money?: number;
    /** Whether it reads what a histogram observed: that has to be drawn for it. */
    readonly observed?: boolean;
  }
>;

export type HistogramDeclaration = Declaration<
  'histogram',
  {
    /** Index of the histogram in the service's tallies. */
    readonly histogram: number;
  }
>;

/**
 * `additive` gauges count things in progress: `read` gives their mean number, and the jobs of a
 * service share them. `replicated` ones are the same in every job.
 */
export type GaugeDeclaration = Declaration<'gauge', { read(at: Instant): number }> & {
  readonly split: 'additive' | 'replicated';
};

export type Instrument = CounterDeclaration | HistogramDeclaration | GaugeDeclaration;

/** One simulated system, as data. */
export interface Service {
  readonly name: string;
  readonly model: ServiceModel;
  readonly instruments: readonly Instrument[];
}

/** Requests in the classes whose name passes, as a reader of totals. */
export function requests(model: ServiceModel, test: (name: string) => boolean) {
  const indices = model.shape.classes.flatMap((name, index) => (test(name) ? [index] : []));
  return (total: Total): number => {
    let sum = 0;
    for (const index of indices) sum += total.counts[index]!;
    return sum;
  };
}

const STATUSES = ['success', 'error'] as const;

/**
 * Label sets and readers of a request counter: for each value of its first label, requests that
 * succeeded and that did not. Classes are named `<value>/<outcome>`, and `<value>/ok` is success.
 */
export function byStatus(model: ServiceModel, label: string, values: readonly string[]) {
  return values.flatMap((value) =>
    STATUSES.map((status) => ({
      labels: { [label]: value, status },
      read: requests(
        model,
        (name) =>
          name.startsWith(`${value}/`) && (name.split('/')[1] === 'ok') === (status === 'success'),
      ),
    })),
  );
}

/** Little's law, L = λ·W: the durations of a minute's requests, divided by the minute. */
export function meanInProgress(histograms: readonly number[], model: ServiceModel) {
  return ({ tally }: Instant): number =>
    histograms.reduce((sum, h) => sum + tally.sums[h]! / model.shape.histograms[h]!.scale, 0) / 60;
}

/** A sum of a histogram in its base unit, correctly rounded as long as it stays below 2^53. */
export function baseUnits(sum: bigint, scale: number): number {
  const whole = BigInt(scale);
  const high = sum / whole;
  return sum < 9_007_199_254_740_992n
    ? Number(sum) / scale
    : Number(high) + Number(sum - high * whole) / scale;
}

/** An entry of the money in a total, in US dollars. */
export function dollars(model: ServiceModel, entry: number) {
  const divisor = model.moneyDivisors[entry]! * 1_000_000_000_000n;
  return (total: Total): number => {
    const money = total.money[entry]!;
    const whole = money / divisor;
    // Whole dollars and the rest apart: both are exact in a double.
    return Number(whole) + Number(money - whole * divisor) / Number(divisor);
  };
}
