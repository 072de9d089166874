import type { Env } from '../../env.js';

/** How often a kind of entry is told of. */
const WINDOW_MS = 10_000;
/** Kinds told apart in that time; what comes beyond them counts as one more. */
const KINDS = 20;

export interface Limiter<Entry> {
  take(kind: string, entry: Entry): void;
  /** Tells what is still to be told. */
  end(): void;
}

/**
 * The first entry of a kind at once; then, as long as there are more, once in 10 s the last one and
 * how many they were.
 */
export function createLimiter<Entry>(
  { sleep }: Pick<Env, 'sleep'>,
  tell: (entry: Entry, count: number) => void,
): Limiter<Entry> {
  const kinds = new Map<string, { count: number; last: Entry }>();
  const stop = new AbortController();
  let running = false;

  const flush = () => {
    for (const [kind, { count, last }] of kinds) {
      if (count === 0) kinds.delete(kind);
      else {
        tell(last, count);
        kinds.set(kind, { count: 0, last });
      }
    }
  };
  const run = async () => {
    running = true;
    while (kinds.size > 0 && !stop.signal.aborted) {
      await sleep(WINDOW_MS, stop.signal);
      if (!stop.signal.aborted) flush();
    }
    running = false;
  };

  return {
    take(kind, entry) {
      const key = kinds.has(kind) || kinds.size < KINDS ? kind : '';
      const known = kinds.get(key);
      if (known) {
        known.count++;
        known.last = entry;
        return;
      }
      kinds.set(key, { count: 0, last: entry });
      tell(entry, 1);
      if (!running) void run();
    },
    end() {
      stop.abort();
      flush();
    },
  };
}
