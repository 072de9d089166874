import { run } from '../../src/cli.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';

/** `ragmon catalogue --check` of these files, by name. */
export async function check(
  files: Record<string, string>,
  argv: string[] = [],
  options: MemoryOptions = {},
) {
  const env = memoryEnv(['catalogue', '--check', ...Object.keys(files), ...argv], {
    ...options,
    files,
  });
  const code = await run(env);
  return { code, lines: env.out().split('\n').slice(0, -1), err: env.err() };
}

export const panel = (title: string, ...targets: object[]) => ({ title, gridPos: {}, targets });
export const dashboard = (...panels: object[]) => JSON.stringify({ title: 'Mine', panels });
export const rules = (text: string) => `groups:\n  - name: mine\n    rules:\n${text}`;
