import { formatKey, type GroupingKey, keyId } from '../pushgateway/grouping-key.js';

/** What a plan has to know of a group. */
export interface Candidate {
  readonly key: GroupingKey;
  /** Of the last push that succeeded, Unix seconds; 0 when none has. */
  readonly pushTime: number;
  /** Of the last push that failed, Unix seconds; 0 when none has. */
  readonly failureTime: number;
  /** Whether ragmon pushed it. */
  readonly own: boolean;
  /** Whether its job said that it ended. */
  readonly ended: boolean;
}

export interface Rules {
  /** Seconds since the last push, successful or failed, at least. 0: whenever it was. */
  readonly olderThan: number;
  /** Also groups that ragmon did not push. */
  readonly anyOwner: boolean;
  /** Only groups whose job said that it ended. */
  readonly finished: boolean;
  /** So many of each job stay: those that were pushed last. */
  readonly keep: number;
}

/** Why a group goes. */
export type Cause = 'stale' | 'never-succeeded';
/** Why a group stays; of several reasons the first one here. */
export type Obstacle = 'ambiguous' | 'foreign' | 'undated' | 'fresh' | 'unfinished' | 'newest';

export type Entry = Candidate & {
  /** By which it is told from others. */
  readonly id: string;
  /** The later one of the two times of push, Unix seconds; undefined when there is none. */
  readonly lastPush: number | undefined;
  /** Seconds since then, by the gateway's clock; below 0 when that was set back. */
  readonly age: number | undefined;
} & (
    | { readonly verdict: 'delete'; readonly reason: Cause }
    | { readonly verdict: 'stay'; readonly reason: Obstacle }
  );

/** In words; `olderThan` comes as a person wrote it or would. */
export function reasonText(reason: Cause | Obstacle, { olderThan }: { olderThan: string }): string {
  return {
    stale: 'stale',
    'never-succeeded': 'stale, and none of its pushes succeeded',
    ambiguous: 'another group shows the same key',
    foreign: 'not pushed by ragmon',
    undated: 'the gateway does not say when it was pushed',
    fresh: `pushed less than ${olderThan} ago`,
    unfinished: 'its job did not say that it ended',
    newest: 'among the newest of its job',
  }[reason];
}

/**
 * What goes and what stays, of the groups that were selected: the oldest first. A group goes when
 * nothing holds it; every rule can only hold. The newest of a job are counted over all groups that
 * the owner's rule lets through, fresh ones and unfinished ones too.
 * @param now the gateway's clock, Unix seconds
 */
export function planCleanup(
  candidates: readonly Candidate[],
  rules: Rules,
  now: number,
): readonly Entry[] {
  const all = candidates
    .map((candidate) => ({
      ...candidate,
      id: keyId(candidate.key),
      lastPush: lastPushOf(candidate),
    }))
    .sort(oldestFirst);
  const shown = new Map<string, number>();
  for (const { id } of all) shown.set(id, (shown.get(id) ?? 0) + 1);
  const newest = newestOf(
    all.filter(({ own }) => own || rules.anyOwner),
    rules.keep,
  );

  return all.map((group): Entry => {
    const { id, lastPush, own, ended, pushTime } = group;
    const age = lastPush === undefined ? undefined : now - lastPush;
    const stay = (reason: Obstacle): Entry => ({ ...group, age, verdict: 'stay', reason });
    // Bytes that are not UTF-8 come as U+FFFD: what was meant for one would hit the other.
    if (shown.get(id) !== 1) return stay('ambiguous');
    if (!own && !rules.anyOwner) return stay('foreign');
    if (rules.olderThan > 0 && age === undefined) return stay('undated');
    if (rules.olderThan > 0 && !((age ?? 0) >= rules.olderThan)) return stay('fresh');
    if (rules.finished && !ended) return stay('unfinished');
    if (newest.has(id)) return stay('newest');
    const reason = pushTime === 0 ? 'never-succeeded' : 'stale';
    return { ...group, age, verdict: 'delete', reason };
  });
}

export function goes(entry: Entry): boolean {
  return entry.verdict === 'delete';
}

/** Times that are no times (a gateway's file may hold anything) say nothing about the age. */
function lastPushOf({ pushTime, failureTime }: Candidate): number | undefined {
  const last = Math.max(pushTime, failureTime);
  return Number.isFinite(last) && last > 0 ? last : undefined;
}

type Dated = Candidate & { readonly id: string; readonly lastPush: number | undefined };

/** A total order, so that the same groups give the same plan. */
function oldestFirst(a: Dated, b: Dated): number {
  const byTime = (a.lastPush ?? 0) - (b.lastPush ?? 0);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Ids of the last `keep` of each job. */
function newestOf(sorted: readonly Dated[], keep: number): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const newest = new Set<string>();
  for (const { id, key } of sorted.toReversed()) {
    const before = seen.get(key.job) ?? 0;
    seen.set(key.job, before + 1);
    if (before < keep) newest.add(id);
  }
  return newest;
}

/** For people, on any terminal: control characters, of which a label may be full, are escaped. */
export function showKey(key: GroupingKey): string {
  return formatKey(key).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
}
