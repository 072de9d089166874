import { detached } from './bytes.js';
import {
  type Group,
  type Index,
  inconsistency,
  type Metric,
  put,
  remove,
  type StoredFamily,
} from './consistency.js';
import { FAILURE_TIME, type Pair, type ParsedFamily, PUSH_TIME, type Reading } from './family.js';
import { badLabel, flatLabels, type GroupLabels, labelsIn, labelText } from './grouping.js';
import type { GatewayLimits } from './limits.js';

/** A push that is not stored: `inconsistent` when it contradicts the store, `full` at a limit. */
export class Refusal extends Error {
  readonly reason: 'inconsistent' | 'full';

  constructor(reason: Refusal['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A family as a store held it once, with when it was pushed. */
export interface KeptFamily extends ParsedFamily {
  readonly time: number;
}

export interface Store {
  /** In the order of their first push. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly index: Index;
  /** What counts against the bounds. */
  readonly held: Readonly<Size>;
  /**
   * Stores `families` in the group: in place of all it had, or with `replace` false of those of the
   * same names. Throws a Refusal, with nothing stored; after an inconsistent push the group says
   * when it failed, unless the group itself is what cannot be.
   */
  push(labels: GroupLabels, families: readonly ParsedFamily[], replace: boolean, now: number): void;
  /** Puts a group back as it was, its own push times included. Throws a Refusal as `push` does. */
  restore(labels: GroupLabels, families: readonly KeptFamily[]): void;
  delete(labels: GroupLabels): void;
  wipe(): void;
}

type Bounds = Pick<GatewayLimits, 'groups' | 'series' | 'storedBytes'>;
type Size = { series: number; bytes: number };

/** A listing, and the file, hold a group in one text: Node's longest has 512 MB, escapes and all. */
const MAX_GROUP_BYTES = 128 * 1024 * 1024;

/**
 * Groups of metrics, consistent as a whole at any time. A push costs what it and its group hold.
 * `changed` is called after each change.
 */
export function createStore(bounds: Bounds, changed: () => void = () => {}): Store {
  const groups = new Map<string, Group>();
  const index: Index = new Map();
  const held: Size = { series: 0, bytes: 0 };

  const groupOf = (labels: GroupLabels): Group =>
    groups.get(labels.id) ?? { labels, families: new Map() };

  /** The families in `incoming`, and those that stay; or why that cannot be. */
  const store = (
    group: Group,
    incoming: Map<string, StoredFamily>,
    stays: (name: string) => boolean,
  ) => {
    const leaving = (name: string) => incoming.has(name) || !stays(name);
    const problem = inconsistency(index, group, incoming, leaving);
    if (problem) throw new Refusal('inconsistent', problem);
    const families = new Map([...group.families].filter(([name]) => stays(name)));
    const left = [...group.families.values()].filter(({ name }) => leaving(name));
    for (const family of incoming.values()) families.set(family.name, family);
    const change = difference(sizeOf(incoming.values()), sizeOf(left));
    if (change.bytes > 0) checkGroup(sizeOf(families.values()).bytes);
    checkBounds(groups.has(group.labels.id) ? 0 : 1, change);
    for (const { name } of left) if (!incoming.has(name)) remove(index, group, name);
    for (const family of incoming.values()) put(index, group, family);
    group.families = families;
    groups.set(group.labels.id, group);
    held.series += change.series;
    held.bytes += change.bytes;
    changed();
  };

  const full = (what: string, limit: number) =>
    new Refusal('full', `the push would exceed this gateway's limit of ${limit} ${what}`);

  const checkGroup = (bytes: number) => {
    const limit = Math.min(bounds.storedBytes, MAX_GROUP_BYTES);
    if (bytes > limit) throw full('bytes of metrics in one group', limit);
  };

  const checkBounds = (added: number, change: Size) => {
    if (added > 0 && groups.size + added > bounds.groups) throw full('groups', bounds.groups);
    if (change.series > 0 && held.series + change.series > bounds.series) {
      throw full('series', bounds.series);
    }
    if (change.bytes > 0 && held.bytes + change.bytes > bounds.storedBytes) {
      throw full('bytes of metrics', bounds.storedBytes);
    }
  };

  const metricOf = (
    group: Group,
    name: string,
    pushed: readonly Pair[],
    reading: Reading,
  ): Metric => {
    const { value, count, points } = reading;
    const labels = labelsIn(group.labels, pushed);
    const text = labelText(labels);
    // Most pushes bring the series of the last one: their labels are kept, not copied.
    const old = index.get(name)?.metrics.get(text);
    if (old) return { group, text: old.text, labels: old.labels, value, count, points };
    return {
      group,
      text: detached(text),
      labels: flatLabels(group.labels, labels),
      value,
      count,
      points,
    };
  };

  const familyOf = (group: Group, family: ParsedFamily, time: number): StoredFamily => {
    const { name, help, type, metrics } = family;
    const old = group.families.get(name);
    return {
      name: old?.name ?? detached(name),
      help: old?.help === help || help === undefined ? help : detached(help),
      type,
      time,
      metrics: metrics.map((metric) => metricOf(group, name, metric.labels, metric)),
    };
  };

  /** One of the group's own two families. */
  const timeOf = (group: Group, family: { name: string; help: string }, at: number, time: number) =>
    [
      family.name,
      {
        ...family,
        type: 'gauge',
        time,
        metrics: [metricOf(group, family.name, [], { value: at / 1000, count: 0, points: [] })],
      },
    ] as const satisfies [string, StoredFamily];

  const recordFailure = (group: Group, now: number) => {
    const times = new Map<string, StoredFamily>([timeOf(group, FAILURE_TIME, now, now)]);
    if (!group.families.has(PUSH_TIME.name)) times.set(...timeOf(group, PUSH_TIME, 0, now));
    try {
      store(group, times, () => true);
    } catch (error) {
      // The push was refused for what it is; that the group cannot be says no more.
      if (!(error instanceof Refusal)) throw error;
    }
  };

  return {
    groups,
    index,
    held,

    push(labels, families, replace, now) {
      const bad = badLabel(labels);
      if (bad) throw new Refusal('inconsistent', bad);
      const group = groupOf(labels);
      try {
        if (families.some(({ metrics }) => metrics.some(({ timestamped }) => timestamped))) {
          throw new Refusal('inconsistent', 'pushed metrics must not have timestamps');
        }
        // Each metric has a copy of its group's labels: known before a single one is made.
        checkGroup(leastBytes(labels, families));
        const incoming = new Map<string, StoredFamily>();
        for (const family of families) {
          const stored = familyOf(group, family, now);
          incoming.set(stored.name, stored);
        }
        incoming.set(...timeOf(group, PUSH_TIME, now, now));
        const failure = group.families.get(FAILURE_TIME.name);
        if (failure) incoming.set(FAILURE_TIME.name, failure);
        else incoming.set(...timeOf(group, FAILURE_TIME, 0, now));
        store(group, incoming, () => !replace);
      } catch (error) {
        if (error instanceof Refusal && error.reason === 'inconsistent') recordFailure(group, now);
        throw error;
      }
    },

    restore(labels, families) {
      const bad = badLabel(labels);
      if (bad) throw new Refusal('inconsistent', bad);
      const group: Group = { labels, families: new Map() };
      const all = families.map((family) => familyOf(group, family, family.time));
      store(group, new Map(all.map((family) => [family.name, family])), () => true);
    },

    delete(labels) {
      const group = groups.get(labels.id);
      if (!group) return;
      groups.delete(labels.id);
      for (const name of group.families.keys()) remove(index, group, name);
      const { series, bytes } = sizeOf(group.families.values());
      held.series -= series;
      held.bytes -= bytes;
      changed();
    },

    wipe() {
      groups.clear();
      index.clear();
      Object.assign(held, { series: 0, bytes: 0 });
      changed();
    },
  };
}

/** Beside its text: the objects that make a family, a metric, a point. */
const BYTES = { family: 300, metric: 250, point: 8 };

function sizeOf(families: Iterable<StoredFamily>): Size {
  const size = { series: 0, bytes: 0 };
  for (const { name, help = '', metrics } of families) {
    size.bytes += BYTES.family + name.length + 2 * help.length;
    for (const { text, points } of metrics) {
      size.series += Math.max(1, points.length / 2);
      size.bytes += BYTES.metric + 2 * text.length + BYTES.point * points.length;
    }
  }
  return size;
}

function leastBytes(labels: GroupLabels, families: readonly ParsedFamily[]): number {
  const each = BYTES.metric + 2 * labelText(labels.pairs).length;
  return families.reduce((sum, { metrics }) => sum + metrics.length * each, 0);
}

function difference(a: Size, b: Size): Size {
  return { series: a.series - b.series, bytes: a.bytes - b.bytes };
}
