import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Guarded, spawnGuarded, temporaryFolder } from '../support/processes.js';

export const ROOT = new URL('../..', import.meta.url).pathname;
export const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** Its commands. */
export const BLOCKS = [...README.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!);
export const FIRST = BLOCKS[0]!;

/** `npx ragmon` is this checkout's; what `npm ci` does is CI's own first step. */
export function shell(script: string, env: Record<string, string> = {}): Guarded {
  const folder = temporaryFolder();
  tool(folder, 'npx', `shift; exec "${process.execPath}" "${ROOT}bin/ragmon.js" "$@"`);
  tool(folder, 'npm', '[ "$*" = ci ]');
  return spawnGuarded('bash', ['-euc', script], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, ...env },
  });
}

function tool(folder: string, name: string, body: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
