import { addInto } from './arrays.js';
import type { ServiceModel } from './model.js';
import type { DayPrices } from './prices.js';
import type { Tally, TallyShape } from './tally.js';
import { MINUTE, MINUTES_PER_DAY } from './time.js';
import type { World } from './world.js';

/**
 * What one service, or one of its jobs, did in a stretch of any length: tallies added up. Sums and
 * money are bigints, exact past 2^53; the rest are integers in doubles.
 */
export interface Total {
  readonly counts: Float64Array;
  readonly buckets: readonly Float64Array[];
  /** By histogram, in its units. */
  readonly sums: bigint[];
  readonly amounts: Float64Array;
  /** By entry of the model's money, in picodollars / its divisor. */
  readonly money: bigint[];
}

export function emptyTotal({ shape, moneyDivisors }: ServiceModel): Total {
  return {
    counts: new Float64Array(shape.classes.length),
    buckets: shape.histograms.map(({ bounds }) => new Float64Array(bounds.length + 1)),
    sums: shape.histograms.map(() => 0n),
    amounts: new Float64Array(shape.amounts.length),
    money: moneyDivisors.map(() => 0n),
  };
}

/** Adds a tally, at its day's prices. */
export function addTally(total: Total, model: ServiceModel, tally: Tally, prices: DayPrices): void {
  addInto(total.counts, tally.counts);
  addInto(total.amounts, tally.amounts);
  tally.buckets.forEach((buckets, h) => {
    addInto(total.buckets[h]!, buckets);
    const sum = tally.sums[h]!;
    if (sum !== 0) total.sums[h]! += BigInt(sum);
  });
  model.money(tally, prices).forEach((money, i) => {
    total.money[i]! += money;
  });
}

/**
 * Adds what a service did from one instant to another (world time, whole seconds, `to` not
 * included) to the totals of its jobs: C(to) − C(from). With one job whole minutes are not split.
 */
export function addStretch(
  world: World,
  model: ServiceModel,
  from: number,
  to: number,
  totals: readonly Total[],
): void {
  for (let second = from; second < to; ) {
    const minute = Math.floor(second / MINUTE);
    const prices = world.prices(Math.floor(minute / MINUTES_PER_DAY));
    if (totals.length > 1) {
      world.jobs(model, second, totals.length).forEach((tally, job) => {
        addTally(totals[job]!, model, tally, prices);
      });
      second += 1;
    } else if (second === minute * MINUTE && second + MINUTE <= to) {
      addTally(totals[0]!, model, world.tally(model, minute), prices);
      second += MINUTE;
    } else {
      const tally = world.seconds(model, minute)[second - minute * MINUTE]!;
      addTally(totals[0]!, model, tally, prices);
      second += 1;
    }
  }
}

/**
 * Adds what services did in a UTC day, but for their observations: buckets and sums stay as they
 * are, and are not drawn. A day without an incident is drawn as a whole.
 */
export function addDayCounts(
  world: World,
  day: number,
  totals: ReadonlyMap<ServiceModel, Total>,
): void {
  if (totals.size === 0) return;
  const prices = world.prices(day);
  const stretch = world.day(day);
  for (const [model, total] of totals) addTally(total, model, model.count(stretch), prices);
}

/** Observations of a histogram in a total. */
export function observations(shape: TallyShape, total: Total, histogram: number): number {
  return shape.histograms[histogram]!.of.reduce((sum, index) => sum + total.counts[index]!, 0);
}

/** Adds a total to another of the same service. */
export function addTotal(target: Total, total: Total): void {
  addInto(target.counts, total.counts);
  addInto(target.amounts, total.amounts);
  total.buckets.forEach((buckets, h) => {
    addInto(target.buckets[h]!, buckets);
  });
  total.sums.forEach((sum, h) => {
    target.sums[h]! += sum;
  });
  total.money.forEach((money, i) => {
    target.money[i]! += money;
  });
}

/** Totals of one service, added up. */
export function sumOfTotals(model: ServiceModel, totals: readonly Total[]): Total {
  const sum = emptyTotal(model);
  for (const total of totals) addTotal(sum, total);
  return sum;
}
