import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { EXIT, exitCodeOf, messageOf, RagmonError, renderError, UsageError } from './errors.js';

/** Where text goes. Width and TTY decide how it is drawn, never what it says. */
export interface Output {
  readonly isTTY: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  write(text: string): void;
  /**
   * Resolves when there is room for more: with what comes in streams, so that it is not all held at
   * once. Or when `signal` aborts. False where nobody reads any more (`| head`).
   */
  room(signal?: AbortSignal): Promise<boolean>;
}

/** Text, or bytes in pieces. */
export type FileContent = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Everything a command takes from outside: one object, so that a test can bring its own. */
export interface Env {
  readonly argv: readonly string[];
  /** Environment variables; those of a `.env` file stand below those of the process. */
  readonly vars: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly hostname: string;
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** A clock that never goes back, milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  randomId(): string;
  /** Uniform in [0, 1); for the jitter of retries only, never for the world. */
  random(): number;
  readFile(path: string): Promise<string>;
  /** The bytes of a file, piece by piece; rejects where it is missing or no file. */
  readPieces(path: string): AsyncIterable<Uint8Array>;
  /**
   * Writes a file that appears only when it is whole: temporary name beside it, then rename. A link
   * stays a link. A stream or device, such as /dev/stdout, is written to as it is. What comes in
   * pieces is made piece by piece, between the writes.
   */
  writeFile(path: string, content: FileContent): Promise<void>;
  /** Another text for each time the file was written; undefined for none, and for a device. */
  fileVersion(path: string): Promise<string | undefined>;
  /**
   * Rejects, naming the path, when `writeFile` to it could not succeed: found before a long run.
   * Resolves to where it would be written, with every link followed.
   */
  checkWritable(path: string): Promise<string>;
  /**
   * Takes a folder for this process, until the returned function is called. Rejects while another
   * process has it; what one that was killed has left there of its work is removed.
   */
  lock(folder: string): Promise<() => Promise<void>>;
  /** Calls `listener` at SIGINT and SIGTERM until the returned function is called. */
  onStop(listener: (signal: StopSignal) => void): () => void;
  /**
   * Asks on the terminal and resolves to the line that comes, empty for none (Ctrl-D, or `signal`
   * aborts). Undefined, with nothing asked, where nobody sits at a terminal.
   */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Ends the process at once; only for a second signal. */
  abandon(exitCode: number): void;
}

/** This machine: its name, its clocks, its chance, its files. */
export const SYSTEM: Omit<
  Env,
  'argv' | 'vars' | 'stdout' | 'stderr' | 'ask' | 'onStop' | 'abandon'
> = {
  hostname: hostname(),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, signal),
  random: Math.random,
  randomId: () => crypto.randomUUID().slice(0, 8),
  readFile: (path) => readFile(path, 'utf8'),
  // Imported when needed: most calls write no file, and each import costs start-up time.
  readPieces: async function* (path) {
    yield* (await import('./files.js')).readPieces(path);
  },
  writeFile: async (path, content) => (await import('./files.js')).writeWhole(path, content),
  fileVersion: async (path) => (await import('./files.js')).fileVersion(path),
  checkWritable: async (path) => (await import('./files.js')).checkWritable(path),
  lock: async (folder) => (await import('./files.js')).lockFolder(folder, process.pid, isRunning),
};

/**
 * The process's own environment. Reads `.env` in the working directory when there is one.
 * @throws UsageError for a `.env` that is there and cannot be read
 */
export async function processEnv(): Promise<Env> {
  return {
    argv: process.argv.slice(2),
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    vars: { ...(await dotenv()), ...process.env },
    ...SYSTEM,
    onStop: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    ask: async (question, signal) => {
      const { stdin, stderr } = process;
      if (!stdin.isTTY || !stderr.isTTY) return undefined;
      return await (await import('./ask.js')).ask(stdin, stderr, question, signal);
    },
    abandon: (exitCode) => process.exit(exitCode),
  };
}

/** Runs a program in the process's environment; its exit code, or its error's, is the process's. */
export async function start(program: (env: Env) => Promise<number>): Promise<void> {
  // Set, not called: what stdout and stderr still hold is written before the process ends.
  try {
    const exitCode = await program(await processEnv());
    process.exitCode ||= exitCode;
  } catch (error) {
    const verbose = process.argv.includes('-v') || process.argv.includes('--verbose');
    process.stderr.write(renderError(error, verbose));
    process.exitCode = exitCodeOf(error);
  }
}

function output(stream: NodeJS.WriteStream): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (gone) return;
    gone = true;
    // Whoever read it has gone (`| head`): the run goes on, unread. Anything else is a failure.
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT.failed;
    if (stream !== process.stderr) {
      const failure = new RagmonError(`cannot write the output: ${error.message}`);
      process.stderr.write(renderError(failure));
    }
  });
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns || 80; // Some pseudo-terminals say 0.
    },
    write: (text) => {
      stream.write(text);
    },
    room: async (signal) => {
      // It rejects at an error of the stream, which is heard above, and when the signal aborts.
      if (!gone && stream.writableNeedDrain) {
        await once(stream, 'drain', signal && { signal }).catch(() => {});
      }
      return !gone;
    },
  };
}

/** What a timer of Node can hold; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `Env.sleep`. @param longest milliseconds of one timer */
export async function sleep(
  ms: number,
  signal?: AbortSignal,
  longest = LONGEST_TIMER,
): Promise<void> {
  const end = performance.now() + ms;
  let left = ms;
  do {
    await delay(Math.min(left, longest), undefined, { signal }).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
    left = end - performance.now();
  } while (left > 0 && !signal?.aborted);
}

async function dotenv(): Promise<Record<string, string>> {
  try {
    return parseEnv(await readFile('.env', 'utf8')) as Record<string, string>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`cannot read .env: ${messageOf(cause)}`, {
      hint: 'make it readable, or start ragmon in another folder',
      cause,
    });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
