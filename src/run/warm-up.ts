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
  { warmup, scrapeInterval, continued }: RunOptions,
  slots: readonly JobSlot[],
  gaugesOf: (slot: JobSlot) => readonly number[],
  clock: Pick<Env, 'sleep'>,
  observer: Observer,
  stop: AbortSignal,
): Promise<void> {
  // After a history Prometheus has the series already.
  const hold = warmup ?? (continued ? 0 : scrapeInterval);
  const fresh = slots.filter(({ existed }) => !existed);
  for (const slot of slots) {
    // A group that goes on says at once whose it is now, so that other runs notice.
    if (slot.existed || continued) slot.pushStart(gaugesOf(slot));
    else if (hold > 0) slot.pushStart();
  }
  if (hold === 0 || fresh.length === 0) return;
  const outcomes = await Promise.all(fresh.map(({ pusher }) => pusher.flush()));
  const failed = outcomes.find((outcome) => outcome?.error !== undefined);
  if (failed) throw failed.error;
  const what = fresh.length === 1 ? '1 new group' : `${fresh.length} new groups`;
  const where = continued ? 'at their first values' : 'at zero';
  observer.note(
    `${what} ${where}, held for ${hold}s so that Prometheus sees that (--warmup 0 skips)`,
  );
  await clock.sleep(hold * 1000, stop);
}
