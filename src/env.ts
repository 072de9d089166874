import {
  access,
  constants,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { EXIT, RagmonError, renderError } from './errors.js';

/** Where text goes. Width and TTY decide how it is drawn, never what it says. */
export interface Output {
  readonly isTTY: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  write(text: string): void;
}

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
  /** Writes a file that appears only when it is whole: temporary name beside it, then rename. */
  writeFile(path: string, text: string): Promise<void>;
  /** Rejects when `writeFile` to this path could not succeed: so it is found before a long run. */
  checkWritable(path: string): Promise<void>;
  /** Calls `listener` at SIGINT and SIGTERM until the returned function is called. */
  onStop(listener: (signal: StopSignal) => void): () => void;
  /** Ends the process at once; only for a second signal. */
  abandon(exitCode: number): void;
}

/** The process's own environment. Reads `.env` in the working directory when there is one. */
export async function processEnv(): Promise<Env> {
  return {
    argv: process.argv.slice(2),
    vars: { ...(await dotenv()), ...process.env },
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    hostname: hostname(),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
        if (!signal?.aborted) throw error;
      });
    },
    randomId: () => crypto.randomUUID().slice(0, 8),
    random: Math.random,
    readFile: (path) => readFile(path, 'utf8'),
    writeFile: writeWhole,
    checkWritable: async (path) => {
      await access(dirname(path), constants.W_OK);
      const there = await stat(path).catch(() => undefined);
      if (there?.isDirectory()) throw new Error(`${path} is a folder`);
    },
    onStop: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    abandon: (exitCode) => process.exit(exitCode),
  };
}

function output(stream: NodeJS.WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
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
      return stream.columns ?? 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

async function dotenv(): Promise<Record<string, string>> {
  try {
    return parseEnv(await readFile('.env', 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), `.${basename(path)}-`));
  try {
    const temporary = join(folder, basename(path));
    await writeFile(temporary, text);
    await rename(temporary, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
