import { Counter, Histogram } from 'prom-client';
import type { Labels } from '../series.js';

// prom-client can only count one observation at a time. A histogram's state for one label set is
// its count, its sum and a count per bucket, and `observe()` does nothing but add to those three;
// every output (text, OpenMetrics, JSON) is made from them. So setting them gives byte for byte what
// as many single observations with that sum would give. They live in `hashMap`, which prom-client
// (15.1) documents for subclasses of its own only: hence the `declare`s, which add types and, other
// than plain fields, overwrite nothing.

/** The state of a counter for one label set. */
export interface CounterState {
  value: number;
  readonly labels: Labels;
}

/** The state of a histogram for one label set; `bucketValues` by upper bound, not cumulative. */
export interface HistogramState {
  count: number;
  sum: number;
  readonly bucketValues: Record<number, number>;
  readonly labels: Labels;
}

/** A counter that can be set to a total. */
export class BulkCounter extends Counter<string> {
  declare private readonly hashMap: Record<string, CounterState>;

  /** The state of a label set, at zero if it is new. Labels are checked by prom-client. */
  state(labels: Labels): CounterState {
    this.inc({ ...labels }, 0);
    return stateOf(this.hashMap, labels);
  }
}

/** A histogram whose observations can be set all at once. */
export class BulkHistogram extends Histogram<string> {
  declare private readonly hashMap: Record<string, HistogramState>;

  /** The state of a label set, newly at zero. `zero()` checks no labels: the caller's are declared. */
  state(labels: Labels): HistogramState {
    this.zero({ ...labels });
    return stateOf(this.hashMap, labels);
  }
}

/** The state whose labels are these. */
function stateOf<S extends { readonly labels: Labels }>(
  states: Readonly<Record<string, S>>,
  labels: Labels,
): S {
  const names = Object.keys(labels);
  const state = Object.values(states).find((candidate) =>
    names.every((name) => candidate.labels[name] === labels[name]),
  );
  if (!state) throw new Error('prom-client keeps the state of its metrics elsewhere');
  return state;
}
