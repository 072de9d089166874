import { unquote } from '../series.js';
import { expressionsIn, isVariable, type Node, type Query, textOf } from './promql.js';
import { type Known, keep, type Labels, NO_LABELS, union } from './promql-known.js';
import { labelsOfSelector, nameOf } from './promql-selector.js';
import { type Unknown, unknownLabel } from './promql-unknown.js';

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

interface Walk {
  readonly query: Query;
  readonly known: Known;
  note(unknown: Unknown): void;
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
  const left = keep(labels, (name) => listed(name) !== without);
  return operator === 'CountValues' ? added(left, inner[0], walk) : left;
}

const SECOND_TO_LAST = ['HistogramQuantile', 'HistogramFraction', 'QuantileOverTime'];
const WITHOUT_BUCKETS = ['HistogramQuantile', 'HistogramFraction', 'HistogramQuantiles'];
/** Their labels come from elsewhere than the series, or there is no telling. */
const OPAQUE = ['Absent', 'AbsentOverTime', 'Info'];
const SCALAR = ['Scalar', 'Vector', 'Time', 'Pi'];

function ofCall(node: Node, walk: Walk): Labels | undefined {
  const name = node.getChild('FunctionIdentifier')?.firstChild?.name ?? '';
  const given = argumentsOf(node);
  const main = SECOND_TO_LAST.includes(name) ? given.at(-1) : given[0];
  for (const one of given) if (one !== main) labelsOf(one, walk);
  const labels = main ? labelsOf(main, walk) : NO_LABELS;
  if (SCALAR.includes(name)) return NO_LABELS;
  if (main === undefined || labels === undefined || OPAQUE.includes(name)) {
    return main === undefined ? NO_LABELS : undefined;
  }
  const texts = given.slice(1);
  if (WITHOUT_BUCKETS.includes(name)) {
    const of = textOf(main, walk.query);
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

const SETS = ['And', 'Or', 'Unless'];

function ofOperation(node: Node, walk: Walk): Labels | undefined {
  const [left, right] = expressionsIn(node);
  if (!left || !right) return undefined;
  const sides = { left: labelsOf(left, walk), right: labelsOf(right, walk) };
  const matching = node.getChild('MatchingModifierClause');
  const on = matching?.getChild('On') != null;
  const toRight = matching?.getChild('GroupRight') != null;
  const toLeft = matching?.getChild('GroupLeft') != null;
  const [first, second] = matching?.getChildren('GroupingLabels') ?? [];
  const names = namesIn(first, walk);
  if (on) {
    // `or on (job) vector(0)` names no label of the number. One slip is one finding.
    const judged = [
      { node: left, labels: sides.left },
      { node: right, labels: sides.right },
    ].filter(({ labels }) => labels !== NO_LABELS);
    for (const each of names.list) {
      const side = judged.find(({ labels }) => labels?.has(each.name) === false);
      noteMissing([each], side?.labels, side?.node, 'on', walk);
    }
  } else {
    noteMissing(names.list, union([sides.left, sides.right]), node, 'ignoring', walk);
  }
  const one = toRight ? { labels: sides.left, node: left } : { labels: sides.right, node: right };
  const extra = namesIn(second, walk);
  noteMissing(extra.list, one.labels, one.node, toRight ? 'group_right' : 'group_left', walk);

  const operator = SETS.find((name) => node.getChild(name));
  if (operator === 'Or') return union([sides.left, sides.right]);
  if (operator !== undefined) return sides.left;
  if (toLeft || toRight) {
    const many = toRight ? sides.right : sides.left;
    if (many === undefined || extra.open) return undefined;
    return new Map([...many, ...extra.list.map(({ name }) => [name, undefined] as const)]);
  }
  // A number takes the labels of what it is compared or multiplied with.
  const base = sides.left?.size === 0 ? sides.right : sides.left;
  if (base === undefined || names.open) return undefined;
  const listed = (name: string) => names.list.some((each) => each.name === name);
  return matching ? keep(base, (name) => listed(name) === on) : base;
}

interface Named {
  readonly name: string;
  readonly at: number;
}

/** The labels that a list names, and whether a variable names more. */
function namesIn(list: Node | null | undefined, { query }: Walk) {
  const all = list
    ? [...list.getChildren('LabelName'), ...list.getChildren('QuotedLabelName')]
    : [];
  const written = all.filter((node) => !isVariable(node, query));
  return {
    list: written.map((node): Named => ({ name: nameOf(node, query), at: node.from })),
    open: written.length < all.length,
  };
}

function noteMissing(
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

function argumentsOf(node: Node): Node[] {
  const body = node.getChild('FunctionCallBody');
  return body ? expressionsIn(body) : [];
}

const LONGEST = 60;

function shortened(expression: string): string {
  const text = expression.replace(/\s+/g, ' ');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
