import { type Bytes, detached, isUtf8, quote } from './bytes.js';
import type { Pair } from './family.js';

/** The labels that name a group, by name. */
export interface GroupLabels {
  /** The same text for the same group. */
  readonly id: string;
  readonly pairs: readonly Pair[];
  /** With the empty `instance` that a group without one is shown with. */
  readonly shown: readonly Pair[];
  readonly names: ReadonlySet<Bytes>;
}

export function groupLabels(labels: ReadonlyMap<Bytes, Bytes>): GroupLabels {
  const pairs = [...labels].sort(byName);
  const shown = labels.has('instance') ? pairs : [...pairs, NO_INSTANCE].sort(byName);
  // 0xff is in no valid value, and a name holds only letters, digits and _.
  const id = pairs.map((pair) => pair.join('\xff')).join('\xff');
  return { id, pairs, shown, names: new Set(labels.keys()) };
}

/** Why no series can have these labels; `undefined` where it can. */
export function badLabel({ pairs }: GroupLabels): string | undefined {
  const bad = pairs.find(([, value]) => !isUtf8(value));
  return bad && `the label ${bad[0]} has a value that is not utf8: ${quote(bad[1])}`;
}

/**
 * The labels of a metric in its group, by name: the group's own stand above those pushed, and
 * `instance` is never missing.
 */
export function labelsIn(group: GroupLabels, pushed: readonly Pair[]): readonly Pair[] {
  if (pushed.length === 0) return group.shown;
  const own = pushed.filter(([name]) => !group.names.has(name));
  const instance = own.some(([name]) => name === 'instance');
  own.push(...(instance ? group.pairs : group.shown));
  return own.sort(byName);
}

/** `a="1",b="2"`, escaped: as it is exposed, and the same text for the same labels. */
export function labelText(labels: readonly Pair[]): Bytes {
  let text = '';
  for (const [name, value] of labels) {
    text += `${text === '' ? '' : ','}${name}="${escapeValue(value)}"`;
  }
  return text;
}

/** Names and values in turn; those of the push, not of the group, in memory of their own. */
export function flatLabels(group: GroupLabels, labels: readonly Pair[]): readonly Bytes[] {
  return labels.flatMap(([name, value]) =>
    group.names.has(name) ? [name, value] : [detached(name), detached(value)],
  );
}

export function escapeValue(value: Bytes): Bytes {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}

const NO_INSTANCE: Pair = ['instance', ''];

function byName([a]: Pair, [b]: Pair): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
