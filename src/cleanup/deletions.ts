import type { Env } from '../env.js';
import { messageOf } from '../errors.js';
import { PushError } from '../pushgateway/push-error.js';
import type { Entry } from './plan.js';
import type { CleanupClient } from './survey.js';

export interface Failure {
  readonly entry: Entry;
  readonly error: string;
}

export interface Deletions {
  /** The gateway took the request: it answers the same whatever comes of it. */
  readonly accepted: readonly Entry[];
  readonly failures: readonly Failure[];
  /** Not tried, because of a stop. */
  readonly left: readonly Entry[];
  /** Seconds of the one that took longest. */
  readonly slowest: number;
}

export interface DeletionContext {
  readonly client: CleanupClient;
  readonly clock: Pick<Env, 'monotonic' | 'sleep'>;
  /** Of requests under way at once. */
  readonly options: { readonly concurrency: number };
  readonly observer: { progress?(done: number, total: number): void };
  /** No further deletion begins; those under way have `grace` seconds to end. */
  readonly stop: AbortSignal;
  readonly grace: number;
}

/** After so many failures in a row, each after its retries, the others would only take time. */
const FAILURES_IN_A_ROW = 8;

/** Deletes groups, in their order. Never rejects. */
export async function deleteEntries(
  entries: readonly Entry[],
  { client, clock, options, observer, stop, grace }: DeletionContext,
): Promise<Deletions> {
  const accepted: Entry[] = [];
  const failures: Failure[] = [];
  let next = 0;
  let inARow = 0;
  let slowest = 0;
  const broken = () => inARow >= FAILURES_IN_A_ROW;

  const expired = new AbortController();
  const over = new AbortController();
  const expire = async () => {
    await clock.sleep(grace * 1000, over.signal);
    expired.abort();
  };
  stop.addEventListener('abort', () => void expire(), { once: true, signal: over.signal });

  const worker = async () => {
    while (next < entries.length && !stop.aborted && !broken()) {
      const entry = entries[next++]!;
      const since = clock.monotonic();
      try {
        await client.delete(entry.key, { signal: expired.signal });
        accepted.push(entry);
        inARow = 0;
      } catch (error) {
        failures.push({ entry, error: messageOf(error) });
        // A key that cannot be sent says nothing about the gateway.
        if (error instanceof PushError) inARow += 1;
      }
      slowest = Math.max(slowest, (clock.monotonic() - since) / 1000);
      observer.progress?.(accepted.length + failures.length, entries.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  over.abort();

  const rest = entries.slice(next);
  if (!broken() || stop.aborted) return { accepted, failures, left: rest, slowest };
  const error = `not tried, after ${FAILURES_IN_A_ROW} failures in a row`;
  const untried = rest.map((entry) => ({ entry, error }));
  return { accepted, failures: [...failures, ...untried], left: [], slowest };
}
