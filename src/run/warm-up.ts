import type { Env } from '../env.js';
import type { Observer } from './observer.js';
import type { RunOptions } from './plan.js';
import type { JobSlot } from './slot.js';

/**
 * New groups are pushed at zero and held for one scrape interval, counted from the answer: a series
 * whose first scraped value is not zero has lost that much for `increase()`.
 * @throws PushError when one of them cannot be pushed
 */
export async function warmUp(
  { warmup, scrapeInterval }: RunOptions,
  slots: readonly JobSlot[],
  clock: Pick<Env, 'sleep'>,
  observer: Observer,
  stop: AbortSignal,
): Promise<void> {
  const hold = warmup ?? scrapeInterval;
  const fresh = slots.filter(({ existed }) => !existed);
  // A group that goes on says at once whose it is now, so that other runs notice.
  for (const slot of slots) if (slot.existed) slot.pushStart();
  if (hold === 0 || fresh.length === 0) return;
  const outcomes = await Promise.all(
    fresh.map((slot) => {
      slot.pushStart();
      return slot.pusher.flush();
    }),
  );
  const failed = outcomes.find((outcome) => outcome?.error !== undefined);
  if (failed) throw failed.error;
  const what = fresh.length === 1 ? '1 new group' : `${fresh.length} new groups`;
  observer.note(
    `${what} at zero, held for ${hold}s so that Prometheus sees that (--warmup 0 skips)`,
  );
  await clock.sleep(hold * 1000, stop);
}
