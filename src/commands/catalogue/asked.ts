import type { Recording } from '../../stack/promql-recordings.js';

/** A label of a query's result that something beside the query names: a legend, an annotation. */
export interface NamedLabel {
  readonly name: string;
  readonly by: string;
  /** What should have it, in words; empty for anything. */
  readonly of: string;
}

/** A query in a file of somebody's own. */
export interface Asked {
  readonly file: string;
  /** Where it begins; undefined in JSON, which nobody writes by hand. */
  readonly line: number | undefined;
  /** Whether its lines are lines of the file. */
  readonly literal: boolean;
  /** `panel "Requests"`, `alert HighErrorRate`. */
  readonly place: string;
  readonly query: string;
  /** Why there is none, where one should stand; undefined where it does. */
  readonly problem: string | undefined;
  /** Whether Grafana fills in variables. */
  readonly variables: boolean;
  readonly labels: readonly NamedLabel[];
  /** Labels that it gets beside those of the query. */
  readonly extra: readonly string[];
}

/** What a file asks for, and what it makes. */
export interface AskedFile {
  readonly file: string;
  readonly kind: 'dashboard' | 'rules';
  readonly queries: readonly Asked[];
  readonly recordings: readonly Recording[];
}
