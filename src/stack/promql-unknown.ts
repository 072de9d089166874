import { type Known, type Labels, nearest } from './promql-known.js';

/** Something in a query that nobody emits. */
export interface Unknown {
  readonly kind: 'metric' | 'label' | 'value';
  /** The metric, the label, or the value itself. */
  readonly name: string;
  /** The metric or the expression that does not have it; empty for a metric, and where none is named. */
  readonly of: string;
  /** The label whose value it is. */
  readonly label?: string;
  /** Who names a label, where it is no matcher: `by`, `on`, `legend`, … */
  readonly by?: string;
  /** What was perhaps meant. */
  readonly suggestion: string | undefined;
  /** Where in the query; undefined for what is named beside it. */
  readonly at?: number;
}

export function unknownMetric(name: string, at: number, { names }: Known): Unknown {
  return { kind: 'metric', name, of: '', suggestion: nearest(name, names), at };
}

export function unknownLabel(
  name: string,
  labels: Labels,
  found: { of: string; by?: string; at?: number },
): Unknown {
  return { kind: 'label', name, ...found, suggestion: nearest(name, labels.keys()) };
}

/** `there is no metric a`, `a has no label b, named in by`, `a: b is never "c"`, without suggestion. */
export function describeUnknown({ kind, name, of, label, by }: Unknown): string {
  const quoted = JSON.stringify(name);
  if (kind === 'metric') return `there is no metric ${name}`;
  if (kind === 'value') return `${of}: ${label} is never ${quoted}`;
  const needs = by?.startsWith('histogram_');
  const use = by === undefined ? '' : needs ? `, which ${by} needs` : `, named in ${by}`;
  return of === '' ? `nothing has a label ${name}${use}` : `${of} has no label ${name}${use}`;
}
