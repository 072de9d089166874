import type { Bytes } from './bytes.js';

export const METRIC_TYPES = ['counter', 'gauge', 'summary', 'untyped', 'histogram'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

export type Pair = readonly [name: Bytes, value: Bytes];

/** What a metric measured. A counter, a gauge or an untyped metric has a `value` alone. */
export interface Reading {
  /** The sum, for a histogram or a summary. */
  readonly value: number;
  readonly count: number;
  /** Bound and cumulative count, or quantile and value, in turn, as they were pushed. */
  readonly points: readonly number[];
}

/** A metric as parsed: its labels without `le` or `quantile`, in the order of the text. */
export interface ParsedMetric extends Reading {
  readonly labels: readonly Pair[];
  readonly timestamped: boolean;
}

export interface ParsedFamily {
  readonly name: Bytes;
  readonly help: Bytes | undefined;
  readonly type: MetricType;
  readonly metrics: readonly ParsedMetric[];
}

/** The groups' own families: what a push brings under these names is left out. */
export const PUSH_TIME = {
  name: 'push_time_seconds',
  help: 'Last Unix time when changing this group in the Pushgateway succeeded.',
} as const;
export const FAILURE_TIME = {
  name: 'push_failure_time_seconds',
  help: 'Last Unix time when changing this group in the Pushgateway failed.',
} as const;
