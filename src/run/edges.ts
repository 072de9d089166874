import type { Env } from '../env.js';
import { messageOf } from '../errors.js';
import type { PushClient } from '../pushgateway/client.js';
import type { Observer } from './observer.js';
import type { Plan } from './plan.js';
import type { JobSlot } from './slot.js';

// What a run does with its groups before its world begins and after it has ended.

export interface Edge {
  readonly plan: Plan;
  readonly client: PushClient;
  readonly clock: Pick<Env, 'sleep'>;
  readonly observer: Observer;
  readonly stop: AbortSignal;
}

/**
 * New groups are pushed at zero and held for one scrape interval, counted from the answer: a series
 * whose first scraped value is not zero has lost that much for `increase()`.
 * @throws PushError when one of them cannot be pushed
 */
export async function warmUp(
  { plan, clock, observer, stop }: Edge,
  slots: readonly JobSlot[],
): Promise<void> {
  const { warmup, scrapeInterval } = plan.options;
  const hold = warmup ?? scrapeInterval;
  const fresh = slots.filter(({ existed }) => !existed);
  if (hold === 0 || fresh.length === 0) return;
  const outcomes = await Promise.all(
    fresh.map((slot) => {
      slot.pushZeros();
      return slot.pusher.flush();
    }),
  );
  const failed = outcomes.find((outcome) => outcome?.error !== undefined);
  if (failed && !stop.aborted) throw failed.error;
  const what = fresh.length === 1 ? '1 new group' : `${fresh.length} new groups`;
  observer.note(`${what} at zero: held for ${hold}s so that Prometheus sees it (--warmup 0 skips)`);
  await clock.sleep(hold * 1000, stop);
}

/** Deletes the run's own groups after the wait that was asked for; true when all are gone. */
export async function cleanUp(
  { plan, client, clock, observer, stop }: Edge,
  slots: readonly JobSlot[],
): Promise<boolean> {
  const { cleanupAfter } = plan.options;
  if (cleanupAfter === undefined) return false;
  await clock.sleep(cleanupAfter * 1000, stop);
  const results = await Promise.allSettled(slots.map(({ key }) => client.delete(key)));
  const failed = results.filter((result) => result.status === 'rejected');
  const [first] = failed;
  if (first) {
    const what = failed.length === 1 ? '1 group' : `${failed.length} groups`;
    observer.note(`${what} could not be deleted: ${messageOf(first.reason)}`);
  }
  return failed.length === 0;
}
