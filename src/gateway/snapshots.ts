import type { Bytes } from './bytes.js';
import type { Group, Metric, StoredFamily } from './consistency.js';
import type { MetricType } from './family.js';
import type { Store } from './store.js';

/** A store at one instant. Families are replaced, never changed: to hold them is enough. */
export interface Snapshot {
  /** By name. */
  readonly families: readonly MergedFamily[];
  readonly groups: readonly Pick<Group, 'labels' | 'families'>[];
}

/** What all groups have of one family. */
export interface MergedFamily {
  readonly name: Bytes;
  readonly type: MetricType;
  /** In the order in which the groups first pushed it. */
  readonly parts: readonly StoredFamily[];
  /** All their metrics as they are shown: made by the first who shows them, for the others too. */
  metrics?: readonly Metric[];
}

/** A snapshot that is being read. */
export interface Reading {
  readonly snapshot: Snapshot;
  /** Aborts when too many others have been asked for since. */
  readonly signal: AbortSignal;
  /** To be called once, when it is no longer needed. */
  end(): void;
}

export interface Snapshots {
  /** Says that the store has changed. */
  stale(): void;
  /** The store as it is now. */
  read(): Reading;
}

/** Each may hold a whole store that has been replaced since. */
const MOST = 16;

/**
 * For readers who take their time, which may be a thousand: those who came between the same two
 * changes share one snapshot. Of more than 16 the oldest is given up, and who reads it cut off:
 * else those who do not read could keep out those who do.
 */
export function createSnapshots(store: Pick<Store, 'groups' | 'index'>): Snapshots {
  // The oldest first.
  const held = new Set<Held>();
  let current: Held | undefined;

  const take = (): Held => {
    const [oldest] = held;
    if (oldest && held.size >= MOST) {
      held.delete(oldest);
      oldest.cut.abort();
    }
    const taken = { snapshot: snapshotOf(store), cut: new AbortController(), readers: 0 };
    held.add(taken);
    return taken;
  };

  return {
    stale() {
      current = undefined;
    },
    read() {
      current ??= take();
      const own = current;
      own.readers++;
      return {
        snapshot: own.snapshot,
        signal: own.cut.signal,
        end() {
          own.readers--;
          if (own.readers > 0) return;
          held.delete(own);
          if (current === own) current = undefined;
        },
      };
    },
  };
}

interface Held {
  readonly snapshot: Snapshot;
  readonly cut: AbortController;
  readers: number;
}

export function snapshotOf({ groups, index }: Pick<Store, 'groups' | 'index'>): Snapshot {
  const families = [...index].map(([name, entry]) => ({
    name,
    type: entry.type,
    parts: [...entry.families.values()],
  }));
  return {
    families: families.sort((a, b) => (a.name < b.name ? -1 : 1)),
    groups: [...groups.values()].map(({ labels, families }) => ({ labels, families })),
  };
}
