import { METRICS, select } from '../metrics.js';
import { THRESHOLDS } from '../thresholds.js';

/** What a user has picked in the dashboard's variables. */
const PICKED = ['job=~"$job"', 'instance=~"$instance"'];

/** Which series of a metric, and what they are grouped by. */
export interface Which {
  /** Values that labels have. */
  readonly where?: Readonly<Record<string, string>>;
  /** Labels that stay when series are summed up; by default none. */
  readonly by?: readonly string[];
  /** The time looked back on; by default Grafana's: four scrapes, or a step where that is longer. */
  readonly over?: string;
  /** Whether the time looked at is not the one before a point, but the one after it. */
  readonly ahead?: boolean;
  /** Matchers in place of those of `$job` and `$instance`. */
  readonly picked?: readonly string[];
  /** Only of groups that are still pushed, as the alerts read gauges. */
  readonly pushed?: boolean;
}

const RATE_INTERVAL = '$__rate_interval';

/** Growth per second of a counter, summed up. */
export function rate(metric: string, which: Which = {}): string {
  return aggregate('sum', metric, which, `rate(${series(metric, which)}[${RATE_INTERVAL}])`);
}

/** Growth of a counter over a time, summed up. */
export function increase(metric: string, over: string, which: Which = {}): string {
  const ahead = which.ahead ? ` offset -${over}` : '';
  return aggregate('sum', metric, which, `increase(${series(metric, which)}[${over}]${ahead})`);
}

/** Series of a gauge put together: `sum` what they share, `min` or `max` what each of them has whole. */
export function gauge(kind: 'sum' | 'min' | 'max' | 'count', metric: string, which: Which = {}) {
  return aggregate(
    kind,
    metric,
    which,
    `${series(metric, which)}${which.pushed ? unlessSilent(metric) : ''}`,
  );
}

/** One quotient: both sides are summed up before they are divided. */
export function ratio(part: string, whole: string): string {
  return `${part} / ${whole}`;
}

/** Mean of what a histogram or summary observed. */
export function mean(histogram: string, which: Which = {}): string {
  const grow = (name: string) =>
    which.over === undefined ? rate(name, which) : increase(name, which.over, which);
  return ratio(grow(`${histogram}_sum`), grow(`${histogram}_count`));
}

/** A quantile of what a histogram observed: of the summed growth of its buckets. */
export function quantile(q: number, histogram: string, which: Which = {}): string {
  return `histogram_quantile(${q}, ${buckets(histogram, which)})`;
}

/** Growth of each bucket of a histogram, summed up. */
export function buckets(histogram: string, which: Which = {}): string {
  const { by = [], over } = which;
  const metric = `${histogram}_bucket`;
  const all = { ...which, by: ['le', ...by] };
  return over === undefined ? rate(metric, all) : increase(metric, over, all);
}

const LLM_COST = 'chatapi_cost_dollars_total';
const DOCSTORE_COST = 'documentstore_cost_dollars_total';

/** US dollars per second, of LLM and docstore. `or`: where one of them is missing, it is the other. */
export function spending(): string {
  return bothCosts((metric) => `rate(${series(metric)}[${RATE_INTERVAL}])`);
}

/** US dollars over a time, of LLM and docstore. */
export function spent(over: string): string {
  return bothCosts((metric) => `increase(${series(metric)}[${over}])`);
}

function bothCosts(grow: (metric: string) => string): string {
  return `sum(${grow(LLM_COST)} or ${grow(DOCSTORE_COST)})`;
}

/** The selector of a metric's series, within what a user has picked. */
export function series(metric: string, { where, picked = PICKED }: Which = {}): string {
  return select(metric, where, picked);
}

/** A group that is no longer pushed shows its last value for ever. */
function unlessSilent(metric: string): string {
  const own = [...(METRICS.get(metric)?.labels.keys() ?? [])].filter(
    (label) => label !== 'job' && label !== 'instance',
  );
  const silent = `time() - ${series('push_time_seconds')} > ${THRESHOLDS.pushAge}`;
  return ` unless ignoring (${own.join(', ')}) (${silent})`;
}

function aggregate(kind: string, metric: string, { by = [] }: Which, inner: string): string {
  const unknown = by.find((label) => !METRICS.get(metric)?.labels.has(label));
  if (unknown !== undefined) throw new Error(`${metric} has no label ${unknown}`);
  return by.length === 0 ? `${kind}(${inner})` : `${kind} by (${by.join(', ')}) (${inner})`;
}
