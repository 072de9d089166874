import { RE2JS } from 're2js';
import { unquote } from '../series.js';
import { isOfServers } from './metrics.js';
import { isVariable, type Node, type Query, textOf } from './promql.js';
import { type Known, type Labels, nearest, union } from './promql-known.js';
import { type Unknown, unknownLabel, unknownMetric } from './promql-unknown.js';

interface Matcher {
  readonly label: string;
  readonly operator: string;
  /** Undefined where a variable is in it. */
  readonly value: string | undefined;
  readonly at: number;
}

const NAME = '__name__';

/**
 * The labels of what a selector selects, undefined where they are not known.
 * @param note is told of names that nobody emits
 */
export function labelsOfSelector(
  node: Node,
  query: Query,
  known: Known,
  note: (unknown: Unknown) => void,
): Labels | undefined {
  const matchers = matchersOf(node, query);
  const metrics = metricsOf(node, query, known, matchers, note);
  if (metrics === undefined) return undefined;
  // An alert also carries whatever labels somebody's rule gives it.
  if (metrics.names.every(isOfServers)) return undefined;
  const labels = union(metrics.names.map((name) => known.find(name)?.labels));
  if (labels === undefined) return undefined;
  const of = metrics.of;
  for (const matcher of matchers) {
    const { label, operator, value, at } = matcher;
    // `{a=""}` asks for what does not have it.
    if (label === NAME || (operator === '=' && value === '' && !labels.has(label))) continue;
    if (!labels.has(label)) note(unknownLabel(label, labels, { of, at }));
    const values = labels.get(label);
    for (const name of values ? missingValues(matcher, values) : []) {
      note({ kind: 'value', name, of, label, suggestion: nearest(name, values!), at });
    }
  }
  return labels;
}

/** Names that may be selected, and what to call them. Undefined for anything. */
function metricsOf(
  node: Node,
  query: Query,
  known: Known,
  matchers: readonly Matcher[],
  note: (unknown: Unknown) => void,
): { names: readonly string[]; of: string } | undefined {
  const identifier = node.getChild('Identifier') ?? quotedName(node);
  if (identifier) {
    if (isVariable(identifier, query)) return undefined;
    const text = textOf(identifier, query);
    const name = identifier.name === 'Identifier' ? text : (unquote(text) ?? text);
    if (known.find(name)) return { names: [name], of: name };
    note(unknownMetric(name, identifier.from, known));
    return undefined;
  }
  const named = matchers.filter(({ label }) => label === NAME);
  if (named.some(({ value }) => value === undefined)) return undefined;
  const tests = named.map(testOf);
  const names = known.names.filter((name) => tests.every((test) => test(name)));
  for (const { operator, value, at } of named) {
    if (operator === '=' && known.find(value!)) return { names: [value!], of: value! };
    for (const one of operator === '=~' ? alternatives(value!) : [value!]) {
      const some = known.names.some(testOf({ operator, value: one }));
      if (!some && !known.find(one)) note(unknownMetric(one, at, known));
    }
  }
  return names.length === 0 ? undefined : { names, of: '' };
}

/** `{"a.metric"}`, which is not one of the variables that stand for matchers. */
function quotedName(node: Node): Node | null {
  return (
    node.getChild('LabelMatchers')?.getChild('QuotedLabelName')?.getChild('StringLiteral') ?? null
  );
}

function matchersOf(node: Node, query: Query): Matcher[] {
  const list = node.getChild('LabelMatchers');
  if (!list) return [];
  const all = [
    ...list.getChildren('UnquotedLabelMatcher'),
    ...list.getChildren('QuotedLabelMatcher'),
  ];
  return all.flatMap((matcher) => {
    const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) =>
      matcher.getChild(name),
    );
    const name = label ?? matcher.getChild('QuotedLabelName');
    if (!name || !operator || !value || isVariable(name, query)) return [];
    return {
      label: nameOf(name, query),
      operator: textOf(operator, query),
      value: isVariable(value, query) ? undefined : unquote(textOf(value, query)),
      at: matcher.from,
    };
  });
}

/** Of a label, which may stand in quotes. */
export function nameOf(node: Node, query: Query): string {
  const text = textOf(node, query);
  return node.name === 'QuotedLabelName' ? (unquote(text) ?? text) : text;
}

/** Values that a matcher asks for and no series has. */
function missingValues(matcher: Matcher, values: ReadonlySet<string>): string[] {
  const { label, operator, value } = matcher;
  if (value === undefined || !operator.startsWith('=')) return [];
  const all = label === 'le' ? [...values].flatMap(bothForms) : [...values];
  return (operator === '=~' ? alternatives(value) : [value]).filter(
    (one) => one !== '' && !all.some(testOf({ operator, value: one })),
  );
}

/** Prometheus 3 writes the bound `2` as `2.0`. */
function bothForms(bound: string): string[] {
  return /^\d+$/.test(bound) ? [bound, `${bound}.0`] : [bound];
}

/** Of `a|b`, also in parentheses: `a` and `b`. What is more than that stays whole. */
function alternatives(expression: string): string[] {
  const inner = /^\(([^()]*)\)$/.exec(expression)?.[1] ?? expression;
  return /[()[\]{}]|\\(?!\.)/.test(inner) ? [expression] : inner.split('|');
}

function testOf({ operator, value }: Pick<Matcher, 'operator' | 'value'>) {
  if (value === undefined) return () => true;
  if (!operator.endsWith('~')) return (text: string) => (operator === '=') === (text === value);
  const pattern = RE2JS.compile(value, RE2JS.DOTALL);
  return (text: string) => (operator === '=~') === pattern.testExact(text);
}
