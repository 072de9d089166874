import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Env, type Output, type StopSignal, sleep } from '../../src/env.js';

export interface MemoryOptions {
  vars?: Record<string, string>;
  /** Files by the path that the program asks for. */
  files?: Record<string, string>;
  /** Whether stdout and stderr are terminals. */
  tty?: boolean | { stdout?: boolean; stderr?: boolean };
  columns?: number;
  /** What the person at the terminal answers, in turn; without it nobody sits there. */
  answers?: string[];
  hostname?: string;
  randomId?: string;
  /**
   * `fake` (default): time passes only in `sleep`, at once, in the order of the sleepers. It does
   * not wait for sockets: a timeout made of `sleep` wins against any server. `real`: as it is.
   */
  clock?: 'fake' | 'real';
  /** Where the fake clock starts: RFC 3339 or milliseconds. */
  startsAt?: string | number;
}

export interface MemoryEnv extends Env {
  /** All that was written to stdout so far. */
  out(): string;
  /** All that was written to stderr so far. */
  err(): string;
  readonly files: Map<string, string>;
  /** What `kill -INT` would do. */
  signal(signal: StopSignal): void;
  /** How many listen for signals now. */
  listeners(): number;
  /** The exit code of `abandon`, when it was called. */
  abandoned(): number | undefined;
}

/** An Env without a process: pass it to `run` of src/cli.ts, or to a command. */
export function memoryEnv(argv: readonly string[], options: MemoryOptions = {}): MemoryEnv {
  const tty = typeof options.tty === 'object' ? options.tty : {};
  const isTTY = (name: 'stdout' | 'stderr') => tty[name] ?? options.tty === true;
  const stdout = memoryOutput(isTTY('stdout'), options.columns ?? 80);
  const stderr = memoryOutput(isTTY('stderr'), options.columns ?? 80);
  const files = new Map(Object.entries(options.files ?? {}));
  const read = (path: string) => {
    const text = files.get(path);
    if (text !== undefined) return text;
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), {
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
      path,
    });
  };
  const listeners = new Set<(signal: StopSignal) => void>();
  let abandoned: number | undefined;

  return {
    argv,
    vars: options.vars ?? {},
    stdout,
    stderr,
    hostname: options.hostname ?? 'test-host',
    ...(options.clock === 'real' ? realClock() : fakeClock(options.startsAt)),
    random: () => 0.5,
    randomId: () => options.randomId ?? 'cafe0001',
    readFile: async (path) => read(path),
    readPieces: async function* (path) {
      yield Buffer.from(read(path));
    },
    writeFile: async (path, content) => {
      if (typeof content === 'string') {
        files.set(path, content);
        return;
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      files.set(path, `${Buffer.concat(pieces)}`);
    },
    fileVersion: async (path) => files.get(path),
    checkWritable: async (path) => resolve(path),
    lock: async () => async () => {},
    onStop: (listener) => {
      // As with a process: the same function, given twice, is called twice.
      const own = (signal: StopSignal) => listener(signal);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    ask: async (question) => {
      if (options.answers === undefined) return undefined;
      stderr.write(question);
      return options.answers.shift() ?? '';
    },
    abandon: (exitCode) => {
      abandoned ??= exitCode;
    },
    out: () => stdout.text(),
    err: () => stderr.text(),
    files,
    signal: (signal) => {
      for (const listener of [...listeners]) listener(signal);
    },
    listeners: () => listeners.size,
    abandoned: () => abandoned,
  };
}

function memoryOutput(isTTY: boolean, columns: number): Output & { text(): string } {
  const chunks: string[] = [];
  return {
    isTTY,
    columns,
    write: (text) => {
      chunks.push(text);
    },
    room: async () => true,
    text: () => chunks.join(''),
  };
}

type Clock = Pick<Env, 'now' | 'monotonic' | 'sleep'>;

function realClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, signal),
  };
}

/**
 * Virtual time: when the program has nothing left to do but sleep, the clock jumps to the first
 * sleeper that is due. Sleepers of the same instant wake in the order in which they lay down.
 */
function fakeClock(startsAt: string | number = '2026-01-05T10:00:00Z'): Clock {
  const start = typeof startsAt === 'number' ? startsAt : Date.parse(startsAt);
  const sleepers = new Set<{ due: number; wake: () => void }>();
  let elapsed = 0;
  let turning = false;

  const advance = async () => {
    if (turning) return;
    turning = true;
    while (sleepers.size > 0) {
      await turn(); // Lets everything that is ready run first, and perhaps lie down.
      const [first] = [...sleepers].sort((a, b) => a.due - b.due);
      if (!first) break;
      sleepers.delete(first);
      elapsed = Math.max(elapsed, first.due);
      first.wake();
    }
    turning = false;
  };

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const awake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', awake);
          resolve();
        };
        const sleeper = { due: elapsed + Math.max(0, ms), wake: awake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', awake);
        void advance();
      }),
  };
}
