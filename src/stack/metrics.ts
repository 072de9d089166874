import { boundsOf } from '../instruments/layout.js';
import {
  JOB_DURATION,
  JOB_LAST_SUCCESS,
  JOB_START,
  RUN_INFO,
  RUN_INFO_LABELS,
} from '../instruments/run-metrics.js';
import { SERVICES } from '../services/catalogue.js';
import type { Instrument, Service } from '../services/service.js';

/** A name that a query may ask for, with its labels and their values; `undefined` for any value. */
export interface Metric {
  readonly name: string;
  /** Who makes it: a service, ragmon itself, the Pushgateway, or Prometheus when it scrapes. */
  readonly from: string;
  readonly labels: ReadonlyMap<string, ReadonlySet<string> | undefined>;
}

/** Labels that Prometheus finds on everything that was pushed. */
const GROUP = ['job', 'instance'];
const BUCKETS = ['_bucket', '_sum', '_count'];
const BUILD = ['branch', 'goarch', 'goos', 'goversion', 'revision', 'tags', 'version'];
/** What Prometheus adds to every scrape. */
const SCRAPE = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];

/** Every metric that there is to ask for in the stack, by name. */
export const METRICS: ReadonlyMap<string, Metric> = new Map(
  [
    ...SERVICES.flatMap((service) =>
      service.instruments.flatMap((instrument) => ofInstrument(service, instrument)),
    ),
    named('ragmon', RUN_INFO, [...GROUP, ...RUN_INFO_LABELS]),
    ...[JOB_START, JOB_LAST_SUCCESS, JOB_DURATION].map((name) => named('ragmon', name, GROUP)),
    ...['push_time_seconds', 'push_failure_time_seconds'].map((name) =>
      named('pushgateway', name, GROUP),
    ),
    named('pushgateway', 'pushgateway_build_info', [...GROUP, ...BUILD]),
    named('pushgateway', 'pushgateway_http_requests_total', [
      ...[...GROUP, 'code', 'handler', 'method'],
    ]),
    ...['pushgateway_http_push_duration_seconds', 'pushgateway_http_push_size_bytes'].flatMap(
      (name) => [
        named('pushgateway', name, [...GROUP, 'method', 'quantile']),
        named('pushgateway', `${name}_sum`, [...GROUP, 'method']),
        named('pushgateway', `${name}_count`, [...GROUP, 'method']),
      ],
    ),
    ...SCRAPE.map((name) => named('prometheus', name, GROUP)),
    named('prometheus', 'ALERTS', [...GROUP, 'alertname', 'alertstate', 'severity']),
  ].map((metric) => [metric.name, metric]),
);

/**
 * Whether a name is one of the stack's servers about themselves (or an alert of Prometheus), which
 * differ from version to version: they are there, with labels that nobody knows here.
 */
export function isOfServers(name: string): boolean {
  return /^(ALERTS|ALERTS_FOR_STATE|(alertmanager|go|net_conntrack|process|prometheus|promhttp)_.+)$/.test(
    name,
  );
}

function named(from: string, name: string, labels: readonly string[]): Metric {
  return { name, from, labels: new Map(labels.map((label) => [label, undefined])) };
}

function ofInstrument(service: Service, instrument: Instrument): Metric[] {
  const { name, kind, labels, series } = instrument;
  const all = new Map<string, ReadonlySet<string> | undefined>([
    ...labels.map((label) => [label, new Set(series.map((each) => each.labels[label]!))] as const),
    ['job', new Set([service.name])],
    ['instance', undefined],
  ]);
  if (kind !== 'histogram') return [{ name, from: service.name, labels: all }];
  const le = new Set([...boundsOf(service, instrument).map(String), '+Inf']);
  return BUCKETS.map((suffix) => ({
    name: `${name}${suffix}`,
    from: service.name,
    labels: suffix === '_bucket' ? new Map([...all, ['le', le]]) : all,
  }));
}

/**
 * A selector, `metric{label="value",…}`, of series that are there.
 * @param equal values that labels have
 * @param others further matchers, as PromQL writes them: `job=~"$job"`
 * @throws Error for a metric, a label or a value that there is none of
 */
export function select(
  metric: string,
  equal: Readonly<Record<string, string>> = {},
  others: readonly string[] = [],
): string {
  const known = METRICS.get(metric);
  if (!known) throw new Error(`there is no metric ${metric}`);
  const matchers = Object.entries(equal).map(([label, value]) => {
    if (!known.labels.has(label)) throw new Error(`${metric} has no label ${label}`);
    const values = known.labels.get(label);
    if (values && !values.has(value)) throw new Error(`${metric}: ${label} is never ${value}`);
    return `${label}="${value}"`;
  });
  for (const matcher of others) {
    const label = /^\w+/.exec(matcher)?.[0] ?? '';
    if (!known.labels.has(label)) throw new Error(`${metric} has no label ${label}`);
  }
  const all = [...matchers, ...others];
  return all.length === 0 ? metric : `${metric}{${all.join(', ')}}`;
}
