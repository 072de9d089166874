import type { Env } from '../env.js';
import { messageOf, RagmonError, UsageError } from '../errors.js';
import { FormatError, readStore } from './persistence-read.js';
import { storePieces } from './persistence-write.js';
import { Refusal, type Store } from './store.js';

/** What became of one write. */
export interface PersistEntry {
  readonly file: string;
  readonly groups: number;
  readonly bytes: number;
  readonly ms: number;
  /** The one at the end. */
  readonly final: boolean;
  /** Why it failed; unless it was the last, it is tried again after the interval. */
  readonly error?: string;
}

export type PersistenceEnv = Pick<
  Env,
  'monotonic' | 'sleep' | 'readPieces' | 'writeFile' | 'fileVersion' | 'checkWritable'
>;

export interface PersistenceOptions {
  /**
   * Read at the start; written after changes, and at the end. No two gateways may share one: what
   * another process has written since is not overwritten, which is then an error of each write.
   */
  readonly file: string;
  /**
   * Between two writes at least. A change after a longer quiet is written at once, so that the one
   * push of a nightly job is not lost; 30 s by default: all that a crash can cost under load, while
   * 20 MB of metrics take a hundredth of a core.
   */
  readonly intervalMs?: number | undefined;
  /** Called after each write; what it throws is ignored. */
  readonly onPersist?: ((entry: PersistEntry) => void) | undefined;
  /** The system's by default. */
  readonly env?: PersistenceEnv | undefined;
}

export interface Persistence {
  /** Says that the store is no longer as it was written. */
  changed(): void;
  /** A last write. Rejects with a RagmonError where that fails. */
  close(): Promise<void>;
}

const DEFAULT_INTERVAL_MS = 30_000;

/**
 * Fills the store from the file, and keeps the file up with it. A file that is not there yet is an
 * empty store. Rejects with a RagmonError for one that cannot be read or is no store of a gateway,
 * which is left as it is; with a UsageError for a place that cannot be written to.
 */
export async function openPersistence(
  store: Store,
  options: PersistenceOptions & { readonly env: PersistenceEnv; readonly maxLabels: number },
): Promise<Persistence> {
  const { file, env, intervalMs = DEFAULT_INTERVAL_MS } = options;
  if (!(intervalMs > 0)) {
    throw new UsageError(`persistence.intervalMs: ${intervalMs} is not longer than 0`);
  }
  const version = await env.fileVersion(file).catch(() => undefined);
  await load(store, options);
  await env.checkWritable(file).catch((cause: unknown) => {
    throw new UsageError(`cannot write the persistence file: ${messageOf(cause)}`, { cause });
  });
  return keep(store, options, version);
}

async function load(
  store: Store,
  { file, env, maxLabels }: Parameters<typeof openPersistence>[1],
): Promise<void> {
  try {
    await readStore(store, env.readPieces(file), maxLabels);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return;
    if (!(cause instanceof FormatError)) {
      throw new RagmonError(`cannot read the persistence file: ${messageOf(cause)}`, {
        cause,
        hint: 'make it readable, or name another file',
      });
    }
    const full = cause.cause instanceof Refusal && cause.cause.reason === 'full';
    throw new RagmonError(`cannot load the persistence file ${file}: ${cause.message}`, {
      cause,
      hint: full
        ? 'raise that limit; the file is left as it is'
        : 'it is left as it is: move it away to start empty, or name another file',
    });
  }
}

function keep(
  store: Store,
  { file, env, intervalMs = DEFAULT_INTERVAL_MS, onPersist }: Parameters<typeof openPersistence>[1],
  loaded: string | undefined,
): Persistence {
  let version = loaded;
  let dirty = false;
  let closing = false;
  let running: Promise<void> | undefined;
  const pause = new AbortController();

  /** Resolves to the error where it failed. */
  const write = async (): Promise<unknown> => {
    dirty = false;
    const started = env.monotonic();
    const groups = store.groups.size;
    let bytes = 0;
    const report = (failure: { error?: string }) => {
      try {
        const ms = env.monotonic() - started;
        onPersist?.({ file, groups, bytes, ms, final: closing && !running, ...failure });
      } catch {} // An observer's own mistake.
    };
    try {
      const there = await env.fileVersion(file);
      if (there !== undefined && there !== version) {
        throw new Error(`${file}: another process writes it`);
      }
      await env.writeFile(
        file,
        counted(storePieces(store), (size) => {
          bytes += size;
        }),
      );
      version = await env.fileVersion(file);
      report({});
      return undefined;
    } catch (error) {
      dirty = true;
      report({ error: messageOf(error) });
      return error;
    }
  };

  const run = async () => {
    // What is pushed together is written together.
    await env.sleep(0);
    while (dirty && !closing) {
      await write();
      await env.sleep(intervalMs, pause.signal);
    }
    running = undefined;
  };

  return {
    changed() {
      dirty = true;
      if (!closing) running ??= run();
    },
    async close() {
      closing = true;
      pause.abort();
      await running;
      const cause = await write();
      if (cause === undefined) return;
      throw new RagmonError(`cannot write the persistence file: ${messageOf(cause)}`, {
        cause,
        hint: 'what changed since it was written last is lost',
      });
    },
  };
}

function* counted(
  pieces: Iterable<Uint8Array>,
  count: (bytes: number) => void,
): Iterable<Uint8Array> {
  for (const piece of pieces) {
    count(piece.length);
    yield piece;
  }
}
