import { unquote } from '../series.js';
import { expressionsIn, isVariable, type Node, type Query, textOf } from './promql.js';
import { joined } from './promql-join.js';
import { type Known, keep, type Labels, NO_LABELS } from './promql-known.js';
import { labelsOfSelector } from './promql-selector.js';
import { type Unknown, unknownLabel } from './promql-unknown.js';
import { namesIn, noteMissing, shortened, type Walk } from './promql-walk.js';

/** What came of reading a query. */
export interface Examined {
  /** The labels of its result, undefined where they are not known. */
  readonly labels: Labels | undefined;
  readonly unknown: readonly Unknown[];
}

/**
 * Walks through a query and says which of the metrics, labels and values in it nobody emits. Behind
 * something unknown nothing is judged: one slip is one finding.
 */
export function examine(query: Query, known: Known): Examined {
  if (query.unread || query.problem !== undefined) return { labels: undefined, unknown: [] };
  const unknown: Unknown[] = [];
  const note = (one: Unknown) => {
    unknown.push(one);
  };
  const [root] = expressionsIn(query.root);
  const labels = root && labelsOf(root, { query, known, note });
  return { labels, unknown };
}

type Reader = (node: Node, walk: Walk) => Labels | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  VectorSelector: (node, { query, known, note }) => labelsOfSelector(node, query, known, note),
  AggregateExpr: ofAggregation,
  BinaryExpr: ofOperation,
  FunctionCall: ofCall,
  NumberDurationLiteral: () => NO_LABELS,
  StringLiteral: () => NO_LABELS,
};

/** What is not in the table is about one expression, whose labels it leaves: `(…)`, `…[5m]`, `-…` */
function labelsOf(node: Node, walk: Walk): Labels | undefined {
  const reader = READERS[node.name];
  if (reader) return reader(node, walk);
  const [inner] = expressionsIn(node);
  return inner && labelsOf(inner, walk);
}

const CHOOSING = ['Topk', 'Bottomk', 'LimitK', 'LimitRatio'];

function ofAggregation(node: Node, walk: Walk): Labels | undefined {
  const operator = node.getChild('AggregateOp')?.firstChild?.name ?? '';
  const modifier = node.getChild('AggregateModifier');
  const inner = argumentsOf(node);
  for (const one of inner.slice(0, -1)) labelsOf(one, walk);
  const last = inner.at(-1);
  const labels = last && labelsOf(last, walk);
  const without = modifier?.getChild('Without') != null;
  const names = namesIn(modifier?.getChild('GroupingLabels'), walk);
  noteMissing(names.list, labels, last, without ? 'without' : 'by', walk);
  if (labels === undefined || CHOOSING.includes(operator)) return labels;
  if (names.open) return undefined;
  const listed = (name: string) => names.list.some((one) => one.name === name);
  const kept = keep(labels, (name) => listed(name) !== without);
  // With what it does not have, too: its legend would name it again.
  const asked = without ? [] : names.list.map(({ name }) => [name, labels.get(name)] as const);
  const left = new Map([...kept, ...asked]);
  return operator === 'CountValues' ? added(left, inner[0], walk) : left;
}

const SERIES_LAST = ['HistogramQuantile', 'HistogramFraction', 'QuantileOverTime'];
const WITHOUT_BUCKETS = ['HistogramQuantile', 'HistogramFraction', 'HistogramQuantiles'];
/** Their labels come from elsewhere than the series, or there is no telling. */
const OPAQUE = ['Absent', 'AbsentOverTime', 'Info'];
const SCALAR = ['Scalar', 'Vector', 'Time', 'Pi'];

function ofCall(node: Node, walk: Walk): Labels | undefined {
  const name = node.getChild('FunctionIdentifier')?.firstChild?.name ?? '';
  const given = argumentsOf(node);
  const main = SERIES_LAST.includes(name) ? given.at(-1) : given[0];
  for (const one of given) if (one !== main) labelsOf(one, walk);
  const labels = main ? labelsOf(main, walk) : NO_LABELS;
  if (SCALAR.includes(name)) return NO_LABELS;
  if (main === undefined || labels === undefined || OPAQUE.includes(name)) {
    return main === undefined ? NO_LABELS : undefined;
  }
  const texts = given.slice(1);
  if (WITHOUT_BUCKETS.includes(name)) {
    const of = shortened(textOf(main, walk.query));
    const by = textOf(node.getChild('FunctionIdentifier')!, walk.query);
    if (!labels.has('le')) walk.note(unknownLabel('le', labels, { of, by, at: main.from }));
    const rest = keep(labels, (label) => label !== 'le');
    return name === 'HistogramQuantiles' ? added(rest, given[1], walk) : rest;
  }
  if (name === 'LabelReplace') return relabelled(node, labels, texts[0], [texts[2]], walk);
  if (name === 'LabelJoin') return relabelled(node, labels, texts[0], texts.slice(2), walk);
  if (name.startsWith('SortByLabel')) noteStrings(node, labels, texts, walk);
  return labels;
}

function relabelled(
  node: Node,
  labels: Labels,
  target: Node | undefined,
  sources: readonly (Node | undefined)[],
  walk: Walk,
): Labels | undefined {
  noteStrings(node, labels, sources, walk);
  return added(labels, target, walk);
}

/** With the label that a string names; not known where a variable is in it. */
function added(labels: Labels, string: Node | undefined, { query }: Walk): Labels | undefined {
  const name = string && !isVariable(string, query) ? unquote(textOf(string, query)) : undefined;
  return name === undefined ? undefined : new Map([...labels, [name, undefined]]);
}

function noteStrings(
  node: Node,
  labels: Labels,
  strings: readonly (Node | undefined)[],
  walk: Walk,
): void {
  const [first] = argumentsOf(node);
  const by = textOf(node.getChild('FunctionIdentifier')!, walk.query);
  const named = strings.flatMap((string) => {
    const name = string?.name === 'StringLiteral' ? unquote(textOf(string, walk.query)) : undefined;
    // An empty source is the way to set a label on everything.
    return !string || !name || isVariable(string, walk.query) ? [] : [{ name, at: string.from }];
  });
  noteMissing(named, labels, first, by, walk);
}

function ofOperation(node: Node, walk: Walk): Labels | undefined {
  const [left, right] = expressionsIn(node);
  if (!left || !right) return undefined;
  return joined(
    node,
    { node: left, labels: labelsOf(left, walk) },
    { node: right, labels: labelsOf(right, walk) },
    walk,
  );
}

function argumentsOf(node: Node): Node[] {
  const body = node.getChild('FunctionCallBody');
  return body ? expressionsIn(body) : [];
}
