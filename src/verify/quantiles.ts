import { type Bucket, histogramQuantile } from '../instruments/quantile.js';
import { causes } from './causes.js';
import { type Computed, QUANTILES } from './evidence.js';
import { type Expectation, histogramsOf } from './expectation.js';
import type { Finding } from './finding.js';
import type { Judged } from './judge.js';
import { boundOf } from './series-name.js';

/**
 * Holds what histogram_quantile() gives against the same interpolation in the buckets of the
 * ledger, for every label set of every histogram with observations. Where restarts hide some of
 * them there is nothing to hold it against.
 */
export function compareQuantiles(
  expectation: Expectation,
  judged: readonly Judged[],
  computed: Computed,
): Finding[] {
  const byId = new Map(judged.map((one) => [one.counter.id, one]));
  return histogramsOf(expectation, boundOf).flatMap((histogram) => {
    const seen = histogram.buckets.map(({ id }) => byId.get(id));
    const hidden = seen.some((one) => one === undefined || one.note !== undefined);
    const buckets = histogram.buckets.map(
      ({ labels, increment }): Bucket => [boundOf(labels.le!), increment],
    );
    if (hidden || !(buckets.at(-1)![1] > 0)) return [];
    const wrong = seen.find((one) => one && !(one.agrees && one.resetsAgree));
    const cause = wrong?.cause ?? causes.computed();
    return QUANTILES.map((q): Finding => {
      const found = computed.quantiles.get(q)?.get(histogram.id);
      const [low, high] = quantileRange(q, buckets);
      const slack = 1e-9 * high;
      const agrees = found !== undefined && found >= low - slack && found <= high + slack;
      return {
        ...{ group: expectation.title, series: `${histogram.id} p${q * 100}`, check: 'quantiles' },
        ...{ expected: histogramQuantile(q, buckets), found: found ?? null, agrees },
        ...(agrees ? {} : { cause }),
      };
    });
  });
}

/**
 * Between which values a quantile lies when its rank is off by a thousandth of the observations.
 * PromQL's increase() is off by about a millisecond in the length of its window, and not by the
 * same in every bucket: in a bucket with few observations that moves the result by much, so the
 * rank has a tolerance and the value has none.
 */
export function quantileRange(q: number, buckets: readonly Bucket[]): readonly [number, number] {
  const slack = 1e-3;
  return [
    histogramQuantile(Math.max(0, q - slack), buckets),
    histogramQuantile(Math.min(1, q + slack), buckets),
  ];
}
