import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';

/** Bytes of output kept of one process; a test that needs more reads a file. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** A process of a test: it cannot outlive the test file, however that ends. */
export interface Guarded {
  readonly pid: number;
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Both streams, in the order in which they were read. */
  output(): string;
  /** Whether it has ended. */
  ended(): boolean;
  /** Resolves when it has ended and its output is read to the end. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal?: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when it has not ended `graceMs` later. */
  stop(graceMs?: number): Promise<void>;
}

export interface SpawnOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Text for stdin; without it stdin is closed. */
  stdin?: string;
  /** Folders that go when the process has ended. */
  folders?: string[];
}

const running = new Set<Guarded>();

// Registered with the file that imports this module: a failing test leaves nothing behind.
afterAll(async () => {
  await Promise.all([...running].map((guarded) => guarded.stop(1000)));
});
process.on('exit', () => {
  for (const guarded of running) guarded.kill('SIGKILL');
});

/**
 * Starts a process that ends with this one. The `exit` handler covers an orderly end; against a
 * SIGKILL a shell waits on a pipe that only this process holds open, and kills when it breaks.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Guarded {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) {
    child.on('error', () => {});
    throw new Error(`cannot start ${command}`);
  }
  child.on('error', () => {});
  const watchdog = watch(pid, options.folders ?? []);

  let all = '';
  const read = (stream: NodeJS.ReadableStream | null) => {
    let text = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < OUTPUT_LIMIT) text += chunk;
      if (all.length < OUTPUT_LIMIT) all += chunk;
    });
    return () => text;
  };
  const stdout = read(child.stdout);
  const stderr = read(child.stderr);
  child.stdin?.on('error', () => {}); // It may end without reading all of it.
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);

  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const closed = once(child, 'close');
  const end = async () => {
    if (!ended()) await once(child, 'exit');
    watchdog.kill('SIGKILL');
    // The pipes close with the process, unless a child of its own holds them: not waited for.
    await Promise.race([closed, delay(2000, undefined, { ref: false })]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    running.delete(guarded);
    for (const folder of options.folders ?? []) rmSync(folder, { recursive: true, force: true });
    return { code: child.exitCode, signal: child.signalCode };
  };
  const exited = end();

  const guarded: Guarded = {
    pid,
    child,
    stdout,
    stderr,
    output: () => all,
    ended,
    exited,
    kill: (signal = 'SIGTERM') => {
      if (!ended()) child.kill(signal);
    },
    stop: async (graceMs = 5000) => {
      guarded.kill('SIGTERM');
      const forced = setTimeout(() => guarded.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(forced);
    },
  };
  running.add(guarded);
  return guarded;
}

/** Kills its first argument and removes the others when stdin breaks. */
export const WATCHDOG = 'read -r _; kill -9 "$0"; sleep 0.2; [ $# -eq 0 ] || rm -rf -- "$@"';

function watch(pid: number, folders: readonly string[]): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, String(pid), ...folders], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // Out of reach of a Ctrl-C, which it has to outlive.
  });
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return watchdog;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ragmon-test-'));
}

/** Waits until `probe` returns something other than `undefined` or `false`, asking every 25 ms. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await delay(25);
  }
}
