import type { Outcome } from '../../cleanup/outcome.js';
import { type Cause, type Entry, goes, type Obstacle } from '../../cleanup/plan.js';
import type { Sweep, SweepPlan } from '../../cleanup/sweep.js';
import type { StopSignal } from '../../env.js';

/** What became of a group that was to be deleted. */
export type Fate = 'deleted' | 'returned' | 'spared' | 'gone' | 'failed' | 'left';

/** A sweep as `--json` shows it. Times are RFC 3339 by the gateway's clock; null for none. */
export interface CleanupDocument {
  readonly gateway: string;
  readonly time: string | null;
  /** Seconds that the gateway's clock is ahead of this machine's. */
  readonly skewSeconds: number;
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<Fate | 'groups' | 'selected' | 'planned' | 'stay', number>>;
  readonly groups: readonly {
    /** All labels of the grouping key, `job` among them. */
    readonly key: Readonly<Record<string, string>>;
    readonly lastPush: string | null;
    readonly lastFailure: string | null;
    readonly ageSeconds: number | null;
    readonly owner: 'ragmon' | 'other';
    readonly verdict: 'delete' | 'stay';
    readonly reason: Cause | Obstacle;
    /** Null for what stays, and in a dry run. */
    readonly outcome: Fate | null;
    readonly error: string | null;
  }[];
  /** Groups whose key the gateway does not tell, in words. */
  readonly unreadable: readonly string[];
  /** Whether a listing afterwards showed that what is `deleted` is gone; null with nothing to show. */
  readonly verified: boolean | null;
  readonly durations: {
    readonly listing: number;
    readonly deleting: number;
    readonly total: number;
  };
  readonly stoppedBy: StopSignal | null;
  /** Why the plan was not carried out, or not verified. */
  readonly error: string | null;
}

/** What is known of a sweep: all of it, or what a refusal left. */
export interface Known {
  readonly plan: SweepPlan;
  readonly sweep: Sweep | undefined;
  readonly dryRun: boolean;
  readonly stoppedBy: StopSignal | undefined;
  readonly error: string | undefined;
}

export function documentOf({ plan, sweep, dryRun, stoppedBy, error }: Known): CleanupDocument {
  const planned = plan.entries.filter(goes);
  const fates = fatesOf(sweep ?? { left: dryRun ? [] : planned });
  const errors = new Map(sweep?.failures.map((failure) => [failure.entry, failure.error]));
  const having = (fate: Fate) => [...fates.values()].filter((one) => one === fate).length;
  const deleted = having('deleted');
  const selected = plan.entries.length;
  return {
    gateway: plan.gateway,
    time: timeOf(plan.now),
    skewSeconds: plan.skew,
    dryRun,
    counts: {
      ...{ groups: selected + plan.unselected, selected },
      ...{ planned: planned.length, stay: selected - planned.length },
      ...{ deleted, returned: having('returned'), spared: having('spared') },
      ...{ gone: having('gone'), failed: having('failed'), left: having('left') },
    },
    groups: plan.entries.map((entry) => ({
      key: { job: entry.key.job, ...entry.key.labels },
      lastPush: timeOf(entry.pushTime),
      lastFailure: timeOf(entry.failureTime),
      ageSeconds: entry.age === undefined ? null : Math.round(entry.age * 1000) / 1000,
      owner: entry.own ? 'ragmon' : 'other',
      verdict: entry.verdict,
      reason: entry.reason,
      outcome: fates.get(entry) ?? null,
      error: errors.get(entry) ?? null,
    })),
    unreadable: plan.unreadable,
    verified: deleted === 0 ? null : sweep?.unverified === undefined,
    durations: sweep?.seconds ?? { listing: 0, deleting: 0, total: 0 },
    stoppedBy: stoppedBy ?? null,
    error: error ?? sweep?.unverified ?? null,
  };
}

function fatesOf(outcome: Partial<Outcome>): ReadonlyMap<Entry, Fate> {
  const { deleted = [], returned = [], spared = [], gone = [], failures = [], left = [] } = outcome;
  const lists: Record<Fate, readonly Entry[]> = {
    ...{ deleted, returned, spared, gone, left },
    failed: failures.map(({ entry }) => entry),
  };
  return new Map(
    Object.entries(lists).flatMap(([fate, list]) =>
      list.map((entry) => [entry, fate as Fate] as const),
    ),
  );
}

/** From Unix seconds; a gateway's file may hold anything. */
function timeOf(seconds: number): string | null {
  const time = new Date(seconds * 1000);
  return seconds === 0 || Number.isNaN(time.getTime()) ? null : time.toISOString();
}
