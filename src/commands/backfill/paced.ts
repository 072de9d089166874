import type { Env } from '../../env.js';
import type { ProgressBar } from '../../ui/progress-bar.js';

/** Milliseconds of work between two looks at signals and at the clock. */
const SHIFT = 50;
/** Milliseconds after which a bar is worth its place. */
const UNSEEN = 1000;

/**
 * The same items, with a rest now and then in which signals arrive; a bar counts those that take
 * long. Rejects with the reason of `stop` once that aborts.
 */
export async function* paced<T>(
  items: Iterable<T>,
  total: number,
  {
    clock,
    bar,
    stop,
  }: { clock: Pick<Env, 'monotonic' | 'sleep'>; bar: ProgressBar; stop: AbortSignal },
): AsyncIterable<T> {
  const started = clock.monotonic();
  let rested = started;
  let done = 0;
  for (const item of items) {
    yield item;
    done += 1;
    const now = clock.monotonic();
    if (now - rested < SHIFT) continue;
    if (now - started >= UNSEEN) bar.update(done, total);
    await clock.sleep(0);
    stop.throwIfAborted();
    rested = clock.monotonic();
  }
}
