import { mkdir } from 'node:fs/promises';
import type { Env } from '../../env.js';
import type { Labels } from '../../series.js';
import type { SampleOptions } from './samples.js';

/** Everything that decides what a history holds. */
export interface HistoryOptions extends SampleOptions {
  /** The grouping key of live pushes is `job=<service>`, this instance, and these labels. */
  readonly instance: string;
  readonly labels: Labels;
  /** Seconds of a window, one that promtool knows; by default it follows from range and step. */
  readonly window?: number | undefined;
}

/** How a history is written. */
export interface Conduct {
  /** Ends the writing after what is in hand; finished windows stay. */
  readonly signal?: AbortSignal | undefined;
  onProgress?(progress: HistoryProgress): void;
}

export interface HistoryProgress {
  readonly windows: number;
  /** Windows that are there, those of an earlier call among them. */
  readonly done: number;
}

export interface HistoryWritten {
  readonly windows: number;
  /** Windows that were there already. */
  readonly found: number;
  /** Samples written by this call. */
  readonly samples: number;
  readonly series: number;
  /** False where the signal ended it; the same call again goes on from there. */
  readonly complete: boolean;
}

/** What the series of a service carry beside their own labels. */
export function groupOf({ instance, labels }: HistoryOptions, service: string) {
  return { ...labels, instance, job: service };
}

/** The pieces, until the signal aborts: then it throws, and the file under way is dropped. */
export function* untilAborted(
  pieces: Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Iterable<Uint8Array> {
  for (const piece of pieces) {
    signal?.throwIfAborted();
    yield piece;
  }
}

/**
 * Does what `act` does while a folder, made where it is missing, is this process's alone. What a
 * process that was killed left there of its work is gone then.
 */
export async function inOwnFolder<T>(
  folder: string,
  env: Pick<Env, 'lock'>,
  act: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const release = await env.lock(folder);
  try {
    return await act();
  } finally {
    await release();
  }
}
