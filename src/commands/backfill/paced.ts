import type { Env } from '../../env.js';
import type { ProgressBar } from '../../ui/progress-bar.js';
import type { Progress } from './form.js';

/** Milliseconds of work between two looks at signals and at the clock. */
const SHIFT = 50;
/** Milliseconds after which a bar is worth its place. */
const UNSEEN = 1000;

/** Where nobody looks, or nothing can be counted. */
export const NO_BAR: ProgressBar = { update: () => {}, end: () => {} };

/** A bar that shows itself only where the work takes long. */
export function lateBar(bar: ProgressBar, clock: Pick<Env, 'monotonic'>): ProgressBar {
  const started = clock.monotonic();
  return {
    ...bar,
    update: (done, total) => {
      if (clock.monotonic() - started >= UNSEEN) bar.update(done, total);
    },
  };
}

/**
 * The same items, with a rest now and then in which signals arrive, and the bar moves. Rejects with
 * the reason of `stop` once that aborts.
 */
export async function* paced<T>(
  items: Iterable<T>,
  total: number,
  { bar, stop }: Progress,
  clock: Pick<Env, 'monotonic' | 'sleep'>,
): AsyncIterable<T> {
  let rested = clock.monotonic();
  let done = 0;
  for (const item of items) {
    yield item;
    done += 1;
    if (clock.monotonic() - rested < SHIFT) continue;
    bar.update(done, total);
    await clock.sleep(0);
    stop.throwIfAborted();
    rested = clock.monotonic();
  }
}
