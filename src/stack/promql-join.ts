import type { Node } from './promql.js';
import { keep, type Labels, NO_LABELS, union } from './promql-known.js';
import { type Named, namesIn, noteMissing, type Walk } from './promql-walk.js';

/** One side of an operation, its labels undefined where they are not known. */
export interface Side {
  readonly node: Node;
  readonly labels: Labels | undefined;
}

const SETS = ['And', 'Or', 'Unless'];

/** The labels of what an operator makes of two sides, and what its `on` or `group_left` lack. */
export function joined(node: Node, left: Side, right: Side, walk: Walk): Labels | undefined {
  const matching = node.getChild('MatchingModifierClause');
  const [first, second] = matching?.getChildren('GroupingLabels') ?? [];
  const names = namesIn(first, walk);
  const on = matching?.getChild('On') != null;
  if (on) noteOn(names.list, [left, right], walk);
  else noteMissing(names.list, union([left.labels, right.labels]), node, 'ignoring', walk);

  const many = manyOf(matching, left, right);
  const extra = namesIn(second, walk);
  if (many) noteMissing(extra.list, many.one.labels, many.one.node, many.by, walk);

  const operator = SETS.find((name) => node.getChild(name));
  if (operator === 'Or') return union([left.labels, right.labels]);
  if (operator !== undefined) return left.labels;
  if (many) {
    if (many.labels === undefined || extra.open) return undefined;
    return new Map([...many.labels, ...extra.list.map(({ name }) => [name, undefined] as const)]);
  }
  // A number takes the labels of what it is compared or multiplied with.
  const base = left.labels?.size === 0 ? right.labels : left.labels;
  if (base === undefined || names.open) return undefined;
  const listed = (name: string) => names.list.some((each) => each.name === name);
  return matching ? keep(base, (name) => listed(name) === on) : base;
}

/** Each label at the first side that lacks it: one slip is one finding. */
function noteOn(names: readonly Named[], sides: readonly Side[], walk: Walk): void {
  // `or on (job) vector(0)` names no label of the number.
  const judged = sides.filter(({ labels }) => labels !== NO_LABELS);
  for (const each of names) {
    const side = judged.find(({ labels }) => labels?.has(each.name) === false);
    noteMissing([each], side?.labels, side?.node, 'on', walk);
  }
}

/** Of `group_left` and `group_right`: the side of the many, and the one that gives more labels. */
function manyOf(matching: Node | null, left: Side, right: Side) {
  if (matching?.getChild('GroupLeft')) {
    return { labels: left.labels, one: right, by: 'group_left' };
  }
  if (matching?.getChild('GroupRight')) {
    return { labels: right.labels, one: left, by: 'group_right' };
  }
  return undefined;
}
