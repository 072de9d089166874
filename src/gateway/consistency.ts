import { type Bytes, quote } from './bytes.js';
import type { MetricType, Reading } from './family.js';
import type { GroupLabels } from './grouping.js';

export interface Group {
  readonly labels: GroupLabels;
  /** By name, with the group's own push times. Replaced at each push, never changed. */
  families: ReadonlyMap<Bytes, StoredFamily>;
}

export interface StoredFamily {
  readonly name: Bytes;
  readonly help: Bytes | undefined;
  readonly type: MetricType;
  readonly metrics: readonly Metric[];
  /** When it was pushed, milliseconds since the epoch. */
  readonly time: number;
}

export interface Metric extends Reading {
  readonly group: Group;
  /** `a="1",b="2"`: see labelText. */
  readonly text: Bytes;
  /** Names and values in turn, by name. */
  readonly labels: readonly Bytes[];
}

/** Every family of the store: who holds it, and which label sets it has. */
export type Index = Map<Bytes, Entry>;

export interface Entry {
  /** Of all groups' families: there is no entry without one. */
  type: MetricType;
  /** In the order in which the groups first pushed it. */
  readonly families: Map<Group, StoredFamily>;
  readonly metrics: Map<Bytes, Metric>;
}

/**
 * Why the store could not be exposed any more, were `pushed` stored in `group`; `undefined` when it
 * could. `leaving` says which of the group's present families go. These are the rules of Go's
 * `prometheus.Gatherers`, which the real server applies to everything it holds at every push; here
 * only what is pushed is looked at, since the rest was consistent before.
 */
export function inconsistency(
  index: Index,
  group: Group,
  pushed: ReadonlyMap<Bytes, StoredFamily>,
  leaving: (name: Bytes) => boolean,
): string | undefined {
  const typeAfter = (name: Bytes): MetricType | undefined => {
    const own = pushed.get(name);
    const entry = index.get(name);
    if (own || !entry) return own?.type;
    const gone = entry.families.has(group) && leaving(name) ? 1 : 0;
    return entry.families.size > gone ? entry.type : undefined;
  };
  for (const family of pushed.values()) {
    const entry = index.get(family.name);
    const others = entry ? entry.families.size - (entry.families.has(group) ? 1 : 0) : 0;
    if (entry && others > 0 && entry.type !== family.type) {
      const first = family.metrics[0]?.text ?? '';
      return `collected metric ${named(family, first)} is not a ${entry.type.toUpperCase()}`;
    }
    const problem = collision(family, typeAfter) ?? badSeries(family, entry, group);
    if (problem) return problem;
  }
  return undefined;
}

/** Two series of one name and the same labels, or a label that no series may have. */
function badSeries(
  family: StoredFamily,
  entry: Entry | undefined,
  group: Group,
): string | undefined {
  const seen = new Set<Bytes>();
  for (const { text, labels } of family.metrics) {
    const owner = entry?.metrics.get(text)?.group;
    if (seen.has(text) || (owner && owner !== group)) {
      const reason = 'was collected before with the same name and label values';
      return `collected metric ${named(family, text)} ${reason}`;
    }
    const bad = labels.find((name, i) => i % 2 === 0 && isReserved(family.type, name));
    if (bad !== undefined) {
      return `collected metric ${named(family, text)} has a label with an invalid name: ${bad}`;
    }
    seen.add(text);
  }
  return undefined;
}

const PARTS = {
  histogram: ['_count', '_sum', '_bucket'],
  summary: ['_count', '_sum'],
} as const;

function isReserved(type: MetricType, label: Bytes): boolean {
  return label.startsWith('__') || (type === 'summary' && label === 'quantile');
}

/** A name that is also a part of a histogram or a summary. */
function collision(
  { name, type }: StoredFamily,
  typeAfter: (name: Bytes) => MetricType | undefined,
): string | undefined {
  if (type === 'histogram' || type === 'summary') {
    const part = PARTS[type].find((suffix) => typeAfter(name + suffix));
    if (part) {
      const other = `previously collected metric named ${quote(name + part)}`;
      return `collected histogram or summary named ${quote(name)} collides with ${other}`;
    }
  }
  const suffix = PARTS.histogram.find((end) => name.endsWith(end));
  const base = suffix ? name.slice(0, -suffix.length) : '';
  const whole = base === '' ? undefined : typeAfter(base);
  if (whole === 'histogram' || (whole === 'summary' && suffix !== '_bucket')) {
    const other = `previously collected ${whole} named ${quote(base)}`;
    return `collected metric named ${quote(name)} collides with ${other}`;
  }
  return undefined;
}

function named({ name }: StoredFamily, text: Bytes): string {
  return `${quote(name)} {${text.length > 1000 ? `${text.slice(0, 1000)}...` : text}}`;
}

/** Puts `family` in the place of the one that `group` had of that name. */
export function put(index: Index, group: Group, family: StoredFamily): void {
  const { name, type, metrics } = family;
  let entry = index.get(name);
  if (!entry) {
    entry = { type, families: new Map(), metrics: new Map() };
    index.set(name, entry);
  }
  const old = entry.families.get(group);
  entry.type = type;
  entry.families.set(group, family);
  for (const metric of metrics) entry.metrics.set(metric.text, metric);
  if (old && old !== family) forget(entry, old);
}

export function remove(index: Index, group: Group, name: Bytes): void {
  const entry = index.get(name);
  const old = entry?.families.get(group);
  if (!entry || !old) return;
  entry.families.delete(group);
  forget(entry, old);
  if (entry.families.size === 0) index.delete(name);
}

/** Those of a former family that no metric of the same labels has replaced. */
function forget({ metrics }: Entry, { metrics: former }: StoredFamily): void {
  for (const metric of former) {
    if (metrics.get(metric.text) === metric) metrics.delete(metric.text);
  }
}
