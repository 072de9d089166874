import { fileURLToPath } from 'node:url';
import { spawnGuarded, temporaryFolder, until } from './processes.js';

const BIN = fileURLToPath(new URL('../../bin/ragmon.js', import.meta.url));

export interface CliOptions {
  /** Added to an environment that holds PATH and HOME only. */
  env?: Record<string, string>;
  /** An empty temporary folder by default, so that no `.env` is near. */
  cwd?: string;
  /** Text for stdin; without it stdin is closed. */
  stdin?: string;
  /** After this the process is killed and the promise rejects; 30 s by default. */
  timeoutMs?: number;
  /** Sends a signal once the output (of both streams) matches, or `ms` after the start. */
  signalAfter?: { signal: NodeJS.Signals } & ({ ms: number } | { output: RegExp });
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Wall time from start to end. */
  seconds: number;
}

export interface RunningCli {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  kill(signal?: NodeJS.Signals): void;
  /** Rejects when the process had to be killed for its timeout. */
  readonly exited: Promise<CliResult>;
  /** Resolves when the output matches; rejects when the process ends first, or after 10 s. */
  waitFor(output: RegExp, timeoutMs?: number): Promise<void>;
}

/** `ragmon <args>` as a user runs it: the built program in a process of its own. */
export async function runCli(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return await startCli(args, options).exited;
}

/** The same, while it runs. It ends at its timeout, at the latest with the test file. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const home = temporaryFolder();
  const started = performance.now();
  const guarded = spawnGuarded(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? home,
    env: { PATH: process.env.PATH, HOME: home, ...options.env },
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    folders: [home],
  });

  let late = false;
  const timeout = setTimeout(() => {
    late = true;
    guarded.kill('SIGKILL');
  }, timeoutMs);
  const exited = guarded.exited.then(({ code, signal }): CliResult => {
    clearTimeout(timeout);
    const result = {
      code,
      signal,
      stdout: guarded.stdout(),
      stderr: guarded.stderr(),
      seconds: (performance.now() - started) / 1000,
    };
    if (late) {
      const output = `stdout: ${result.stdout.slice(-2000)}\nstderr: ${result.stderr.slice(-2000)}`;
      throw new Error(`ragmon ${args.join(' ')} ran longer than ${timeoutMs} ms\n${output}`);
    }
    return result;
  });
  exited.catch(() => {}); // Whoever awaits it sees the error.

  const matches = (pattern: RegExp, ms: number) =>
    until(
      `${pattern} in the output of ragmon ${args.join(' ')}`,
      async () => {
        const ended = guarded.ended();
        if (ended) await guarded.exited; // Now all output is there.
        if (guarded.output().search(pattern) >= 0) return true;
        if (!ended) return false;
        throw new Error(`ragmon ended before it wrote ${pattern}:\n${guarded.output()}`);
      },
      ms,
    );
  const after = options.signalAfter;
  if (after && 'ms' in after) setTimeout(() => guarded.kill(after.signal), after.ms).unref();
  if (after && 'output' in after) {
    matches(after.output, timeoutMs).then(
      () => guarded.kill(after.signal),
      () => {}, // It never came: the result shows it.
    );
  }

  return {
    pid: guarded.pid,
    stdout: guarded.stdout,
    stderr: guarded.stderr,
    kill: guarded.kill,
    exited,
    waitFor: async (output, ms = 10_000) => {
      await matches(output, ms);
    },
  };
}
