import type { Env } from '../env.js';
import { RagmonError } from '../errors.js';
import { deleteEntries } from './deletions.js';
import { compare, type Look, NOTHING, type Outcome, verify } from './outcome.js';
import { type Entry, goes, planCleanup, type Rules } from './plan.js';
import type { Selector } from './selector.js';
import { type CleanupClient, lastTime, type Survey, survey } from './survey.js';

export interface SweepOptions extends Rules {
  /** Which groups are meant; of the others nothing is kept. */
  readonly selected: Selector;
  /** Plan only. */
  readonly dryRun: boolean;
  /** Seconds between the plan and the second look: what goes was unchanged for so long. */
  readonly wait: number;
  /** A plan with more deletions is refused. */
  readonly max: number | undefined;
  /** Deletions under way at once. */
  readonly concurrency: number;
}

/** What a sweep found, and means to do. */
export interface SweepPlan {
  readonly gateway: string;
  /** Every group that was selected: the oldest first. */
  readonly entries: readonly Entry[];
  readonly unselected: number;
  readonly unreadable: readonly string[];
  /** The gateway's clock, Unix seconds. */
  readonly now: number;
  /** Seconds that it is ahead of ours. */
  readonly skew: number;
}

export interface Sweep extends Outcome {
  readonly plan: SweepPlan;
  readonly stopped: boolean;
  readonly listings: number;
  /** Of wall time. */
  readonly seconds: { readonly listing: number; readonly deleting: number; readonly total: number };
}

export interface SweepObserver {
  /** Called once, before anything is deleted. */
  planned?(plan: SweepPlan): void;
  /** Asked once there is something to delete; with false nothing is. */
  approve?(plan: SweepPlan): Promise<boolean> | boolean;
  progress?(done: number, total: number): void;
}

export interface SweepContext {
  readonly options: SweepOptions;
  readonly client: CleanupClient;
  readonly clock: Pick<Env, 'now' | 'monotonic' | 'sleep'>;
  readonly observer: SweepObserver;
  /** No further deletion begins. */
  readonly stop: AbortSignal;
  /** Seconds that deletions under way may take after a stop. */
  readonly grace: number;
}

/**
 * Plans, looks again, deletes, and looks whether it is so: three listings at most.
 * @throws PushError when the gateway cannot be read before anything was deleted; RagmonError for a
 * plan that is larger than `max`
 */
export async function sweep(context: SweepContext): Promise<Sweep> {
  const { options, client, clock, observer, stop } = context;
  const started = clock.monotonic();
  const seconds = { listing: 0, deleting: 0 };
  const timed = async <T>(what: keyof typeof seconds, act: () => Promise<T>): Promise<T> => {
    const since = clock.monotonic();
    try {
      return await act();
    } finally {
      seconds[what] += (clock.monotonic() - since) / 1000;
    }
  };
  let listings = 0;
  const look: Look = async (selected) => {
    listings += 1;
    return await timed('listing', () => survey(client, selected, clock, stop));
  };

  const { candidates, others, ...found } = await look(options.selected);
  const entries = planCleanup(candidates, options, found.now);
  const plan: SweepPlan = { gateway: client.url, entries, unselected: others.length, ...found };
  const end = (outcome: Partial<Outcome>): Sweep => ({
    ...{ plan, ...NOTHING, ...outcome, stopped: stop.aborted, listings },
    seconds: { ...seconds, total: (clock.monotonic() - started) / 1000 },
  });

  observer.planned?.(plan);
  const doomed = entries.filter(goes);
  if (options.max !== undefined && doomed.length > options.max) {
    throw new RagmonError(
      `${doomed.length} groups would be deleted, which is more than ${options.max}: none was`,
      { hint: 'look at them with --dry-run, then narrow the plan or raise --max' },
    );
  }
  if (options.dryRun || doomed.length === 0) return end({});
  if (!((await observer.approve?.(plan)) ?? true)) return end({ left: doomed });
  if (options.wait > 0) await clock.sleep(options.wait * 1000, stop);
  if (stop.aborted) return end({ left: doomed });

  const once = seconds.listing;
  const again = await look(options.selected);
  // What a listing shows is as old as its making took, and the second that its `Date` is cut to.
  const queued = queueOf(found.now - once - 1, again, seconds.listing - once);
  const { still, spared, gone } = compare(
    doomed,
    planCleanup(again.candidates, options, again.now),
  );
  const deletions = await timed('deleting', () => deleteEntries(still, context));
  const checked = await verify(deletions, queued, look, context);
  return end({ ...checked, spared, gone: [...gone, ...checked.gone], left: deletions.left });
}

/**
 * Seconds that the gateway may be busy before it deletes: pushes wait in the same queue, as many as
 * groups were pushed since the first look; and one takes up to half as long as a listing, as both
 * go over everything there is.
 */
function queueOf(since: number, { candidates, others }: Survey, listing: number): number {
  const times = [...candidates.map(lastTime), ...others];
  return (times.filter((time) => time >= since).length * listing) / 2;
}
