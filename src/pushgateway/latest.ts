import type { Env } from '../env.js';
import type { Body, PushClient, Receipt } from './client.js';
import type { GroupingKey } from './grouping-key.js';
import { createLatencies, type Latencies } from './latencies.js';
import { PushError } from './push-error.js';

export interface GroupPusherOptions {
  clock: Pick<Env, 'now'>;
  /** Ends the push under way; what waits then stays unsent and counts as failed. */
  signal?: AbortSignal | undefined;
  /** Called after each push, with its receipt or its error. Must not throw. */
  onOutcome?: ((outcome: Outcome) => void) | undefined;
}

/** How one push ended: `receipt` when it was stored, `error` when not. */
export type Outcome = { receipt: Receipt; error?: never } | { receipt?: never; error: unknown };

/** Each state that was offered ends as ok, failed or overtaken. */
export interface PushStats {
  offered: number;
  ok: number;
  failed: number;
  /** Dropped for a newer one, unsent or between two attempts. */
  overtaken: number;
  /** Attempts after the first. */
  retried: number;
  /** Request bodies that were stored. */
  bytes: number;
  latencies: Latencies;
  lastError?: unknown;
  /** Wall clock, milliseconds since the epoch, when the first and the last answer came. */
  firstOkAt?: number;
  lastOkAt?: number;
}

export interface GroupPusher {
  readonly key: GroupingKey;
  readonly stats: Readonly<PushStats>;
  /** Takes the newest state; a function is called only when it is about to be sent. */
  offer(body: Body): void;
  /**
   * Waits until the newest state so far, or a later one, was stored or has finally failed.
   * Never rejects; `undefined` when nothing was ever offered.
   */
  flush(): Promise<Outcome | undefined>;
}

/**
 * Pushes the states of one group, one at a time. Pushes are cumulative, so while one is under way
 * only the newest other waits; a retry takes that one along instead of the old. Memory: two states
 * at most, however slow the gateway.
 */
export function createGroupPusher(
  client: Pick<PushClient, 'put'>,
  key: GroupingKey,
  { clock, signal, onOutcome }: GroupPusherOptions,
): GroupPusher {
  const stats: PushStats = {
    ...{ offered: 0, ok: 0, failed: 0, overtaken: 0, retried: 0, bytes: 0 },
    latencies: createLatencies(),
  };
  let waiting: Body | undefined;
  let running = false;
  let last: Outcome | undefined;
  // States are numbered by `stats.offered`; the one that waits is always the newest.
  let taken = 0;
  let flushes: { upTo: number; resolve: (outcome: Outcome | undefined) => void }[] = [];

  const pushOnce = async (): Promise<Outcome> => {
    const before = taken;
    let body = '';
    const takeNewest = () => {
      if (waiting === undefined) return body;
      if (taken > before) stats.overtaken += 1;
      const newest = waiting;
      waiting = undefined;
      taken = stats.offered;
      body = typeof newest === 'function' ? newest() : newest;
      return body;
    };
    try {
      return { receipt: await client.put(key, takeNewest, { signal }) };
    } catch (error) {
      if (taken === before) {
        // It failed before its turn came. To keep the state would be to try for ever.
        waiting = undefined;
        taken = stats.offered;
      }
      return { error };
    }
  };

  const record = (outcome: Outcome) => {
    last = outcome;
    if (outcome.receipt) {
      const { attempts, bytes, seconds } = outcome.receipt;
      stats.ok += 1;
      stats.retried += attempts - 1;
      stats.bytes += bytes;
      stats.latencies.record(seconds);
      stats.lastOkAt = clock.now();
      stats.firstOkAt ??= stats.lastOkAt;
    } else {
      stats.failed += 1;
      stats.lastError = outcome.error;
      if (outcome.error instanceof PushError) {
        stats.retried += Math.max(0, outcome.error.attempts - 1);
      }
    }
  };

  const run = async () => {
    running = true;
    while (waiting !== undefined) {
      const outcome = await pushOnce();
      record(outcome);
      onOutcome?.(outcome);
      for (const { resolve } of flushes.filter(({ upTo }) => upTo <= taken)) resolve(outcome);
      flushes = flushes.filter(({ upTo }) => upTo > taken);
    }
    running = false;
  };

  return {
    key,
    stats,
    offer(body) {
      stats.offered += 1;
      if (waiting !== undefined) stats.overtaken += 1;
      waiting = body;
      if (!running) void run();
    },
    flush: () =>
      running
        ? new Promise((resolve) => flushes.push({ upTo: stats.offered, resolve }))
        : Promise.resolve(last),
  };
}
