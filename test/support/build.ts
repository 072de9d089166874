import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Vitest's globalSetup: the tests that start `ragmon` run what was built from today's src. */
export default function setup(): void {
  if (isFresh()) return;
  // Built beside dist and swapped in: whoever runs the old build meanwhile keeps it.
  const next = `node_modules/.ragmon-${process.pid}-new`;
  const old = `node_modules/.ragmon-${process.pid}-old`;
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  const compiled = run(tsc, '-p', 'tsconfig.build.json', '--outDir', next);
  const bundled = run(join('tools', 'bundle.js'), next);
  try {
    if (compiled.status !== 0 || bundled.status !== 0) {
      const output = [compiled, bundled].map(({ stdout, stderr }) => stdout + stderr).join('');
      // On a laptop the rest of the tests are of use while a type is still wrong.
      const usable = existsSync(join(ROOT, next, 'bundle', 'main.js')) && !process.env.CI;
      if (!usable) throw new Error(`the build failed:\n${output}`);
      process.stderr.write(`the build has errors, the tests use it all the same:\n${output}\n`);
    }
    if (existsSync(join(ROOT, 'dist'))) renameSync(join(ROOT, 'dist'), join(ROOT, old));
    renameSync(join(ROOT, next), join(ROOT, 'dist'));
  } finally {
    rmSync(join(ROOT, next), { recursive: true, force: true });
    rmSync(join(ROOT, old), { recursive: true, force: true });
  }
}

/** Whether dist holds the same files as src, each newer than all of src. */
function isFresh(): boolean {
  const sources = files('src').filter((file) => file.endsWith('.ts'));
  const built = files('dist').filter((file) => file.endsWith('.js'));
  const expected = sources.map((file) => file.replace(/\.ts$/, '.js'));
  const compiled = built.filter((file) => !file.startsWith('bundle'));
  if (expected.sort().join() !== compiled.sort().join() || built.length === compiled.length) {
    return false;
  }
  const newest = Math.max(
    ...sources.map((file) => mtime(join('src', file))),
    ...['tsconfig.json', 'tsconfig.build.json', 'package.json', 'tools/bundle.js'].map(mtime),
  );
  return built.every((file) => mtime(join('dist', file)) > newest);
}

function files(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
}

function mtime(file: string): number {
  return statSync(join(ROOT, file)).mtimeMs;
}
