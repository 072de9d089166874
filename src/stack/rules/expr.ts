import { METRICS, select } from '../metrics.js';

// Sums are over the instances of a job and over what the metric itself is labelled with, and keep
// every other label: `without`, not `by`. So the jobs of one load are one service, whatever their
// number; and whatever else a group is labelled with, by `--label environment=staging` or by the
// scrape, keeps its own alerts: a staging that fails does not vanish in the requests of production,
// nor does it page for them.

export interface Sum {
  readonly metric: string;
  /** Labels to sum over: `instance`, and labels of the metric. */
  readonly over: readonly string[];
  readonly equal?: Readonly<Record<string, string>>;
}

/** `sum without (instance, …) (rate(metric{…}[5m]))`. */
export function sumOf(
  fn: 'rate' | 'increase',
  { metric, over, equal }: Sum,
  window: string,
): string {
  const series = select(metric, equal);
  return `sum without (${labelsOf(metric, over)}) (${fn}(${series}[${window}]))`;
}

/** Whether the metric was there in the window that ended `ago`: 1, or nothing. */
export function presence(metric: string, { window, ago }: { window: string; ago: string }): string {
  return `present_over_time(${select(metric)}[${window}] offset ${ago})`;
}

/** The part of the whole that has these labels; of nothing it is NaN, which no threshold holds. */
export function shareOf(whole: Sum, equal: Readonly<Record<string, string>>, window: string) {
  return `${sumOf('rate', { ...whole, equal }, window)}\n/\n${sumOf('rate', whole, window)}`;
}

/** The 95th percentile of a histogram. Rates are summed first: of quantiles there is no sum. */
export function p95({ metric, over }: Sum, window: string): string {
  const sum = sumOf('rate', { metric: `${metric}_bucket`, over }, window);
  return `histogram_quantile(\n  0.95,\n  ${sum}\n)`;
}

/** A recorded series with these values of labels that it has from a metric. */
export function recorded(
  record: string,
  metric: string,
  equal: Readonly<Record<string, string>>,
): string {
  return record + select(metric, equal).slice(metric.length);
}

/** The largest of them, over these labels. */
export function maxOver(labels: readonly string[], exprs: readonly string[]): string {
  return `max without (${labels.join(', ')}) (\n${indented(anyOf(exprs))}\n)`;
}

/** One of several, each with labels of its own. */
export function anyOf(exprs: readonly string[]): string {
  return exprs.join('\nor\n');
}

export function indented(expr: string): string {
  return expr.replace(/^/gm, '  ');
}

/** The labels, joined; refuses what the metric does not have. */
function labelsOf(metric: string, labels: readonly string[]): string {
  const known = METRICS.get(metric)?.labels;
  const strange = labels.find((label) => !known?.has(label));
  if (strange !== undefined) throw new Error(`${metric} has no label ${strange}`);
  return labels.join(', ');
}
