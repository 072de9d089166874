import { run } from '../../src/cli.js';
import { memoryEnv } from '../support/env.js';
import type { FaultyMode } from '../support/faulty-gateway.js';

export interface InProcess {
  code: number;
  stdout: string;
  stderr: string;
  /** What it wrote, by path. */
  files: ReadonlyMap<string, string>;
  /** Wall time from start to end. */
  seconds: number;
}

/** `ragmon <argv>` in this process: dozens of others would starve each other, and the gateway. */
export async function ragmon(
  argv: readonly string[],
  vars: Record<string, string> = {},
): Promise<InProcess> {
  const env = memoryEnv(argv, { clock: 'real', vars });
  const started = performance.now();
  const code = await run(env);
  const seconds = (performance.now() - started) / 1000;
  return { code, stdout: env.out(), stderr: env.err(), files: env.files, seconds };
}

/** Short where there will be no answer, or no end of it; elsewhere nobody is to be too late. */
export function timeoutFor(mode: FaultyMode): readonly string[] {
  const never = mode === 'no headers' || mode === 'endless body';
  return ['--timeout', never ? '300ms' : '2s'];
}
