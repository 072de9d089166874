import { isVariable, type Node, type Query, textOf } from './promql.js';
import type { Known, Labels } from './promql-known.js';
import { nameOf } from './promql-selector.js';
import { type Unknown, unknownLabel } from './promql-unknown.js';

/** A walk through a query. */
export interface Walk {
  readonly query: Query;
  readonly known: Known;
  /** Is told of names that nobody emits. */
  note(unknown: Unknown): void;
}

/** A label that a query names. */
export interface Named {
  readonly name: string;
  readonly at: number;
}

/** The labels that a list such as that of `by` names, and whether a variable names more. */
export function namesIn(list: Node | null | undefined, { query }: Pick<Walk, 'query'>) {
  const all = list
    ? [...list.getChildren('LabelName'), ...list.getChildren('QuotedLabelName')]
    : [];
  const written = all.filter((node) => !isVariable(node, query));
  return {
    list: written.map((node): Named => ({ name: nameOf(node, query), at: node.from })),
    open: written.length < all.length,
  };
}

/** Notes the names that are none of the labels, as far as these are known. */
export function noteMissing(
  names: readonly Named[],
  labels: Labels | undefined,
  of: Node | undefined,
  by: string,
  { query, note }: Walk,
): void {
  for (const { name, at } of labels && of ? names : []) {
    const found = { of: shortened(textOf(of!, query)), by, at };
    if (!labels!.has(name) && name !== '__name__') note(unknownLabel(name, labels!, found));
  }
}

const LONGEST = 60;

/** An expression on one line, for a message. */
export function shortened(expression: string): string {
  const text = expression.replace(/\s+/g, ' ');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
