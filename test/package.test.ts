import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { spawnGuarded, temporaryFolder } from './support/processes.js';

// What a user gets: the packed tarball, installed from the registry's dependencies.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder();
const app = join(folder, 'app');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packed package installs, runs, and can be imported', { timeout: 120_000 }, async () => {
  // Without scripts: `prepare` would rebuild the dist that other tests are running.
  const packed = await run(
    ROOT,
    'npm',
    'pack',
    '--json',
    '--ignore-scripts',
    `--pack-destination=${folder}`,
  );
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'bin/ragmon.js',
      'dist/index.d.ts',
      'dist/bundle/main.js',
      // The stack, which is of use without the sources too.
      'alerts/README.md',
      'alerts/errors.yml',
      'compose/.env.example',
      'compose/compose.yaml',
      'compose/run-local.sh',
      'dashboards/rag-monitoring.json',
    ]),
  );
  const parts = /^(bin|dist|alerts|compose|dashboards)\/|^[A-Z]+(\.md)?$|^package\.json$/;
  expect(paths.filter((path) => !parts.test(path))).toEqual([]);
  // Passwords that somebody has put where the stack reads them stay at home.
  const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').matchAll(/^\/(compose\/.+)$/gm);
  const secrets = Array.from(ignored, ([, path]) => path!);
  expect(secrets).toContain('compose/.env');
  expect(manifest.files).toEqual(expect.arrayContaining(secrets.map((path) => `!${path}`)));

  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  await run(app, 'npm', 'install', '--no-audit', '--no-fund', join(folder, tarball!));

  expect(await run(app, 'npx', '--no-install', 'ragmon', '--version')).toBe(
    `${manifest.version}\n`,
  );
  expect(await run(app, 'npx', '--no-install', 'ragmon', '--help')).toMatch(/^Usage: ragmon /);

  const installed = join(app, 'node_modules/ragmon');
  accessSync(join(installed, 'compose/run-local.sh'), constants.X_OK);
  const shipped = ['dashboards/cost.json', 'alerts/errors.yml'].map((path) =>
    join(installed, path),
  );
  expect(
    await run(app, 'npx', '--no-install', 'ragmon', 'catalogue', '--check', ...shipped),
  ).toMatch(/^2 files, \d+ queries: everything in them is there\n$/);

  const keys = `console.log(Object.keys(await import('ragmon')).length > 0)`;
  expect(await run(app, process.execPath, '--input-type=module', '-e', keys)).toBe('true\n');
  writeFileSync(
    join(app, 'app.ts'),
    `import * as ragmon from 'ragmon';\nexport const n: number = Object.keys(ragmon).length;\n`,
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--types', ''];
  await run(app, process.execPath, tsc, ...strict, 'app.ts');
});

test.concurrent('its Dockerfile makes a runnable image of the package alone', {
  timeout: 120_000,
}, async () => {
  const image = join(folder, 'image');
  const [, command] = /^RUN ((?:.*\\\n)*.*)$/m.exec(readCompose('Dockerfile'))!;
  for (const [, part] of readCompose('Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)) {
    const from = join(app, 'node_modules/ragmon', part!);
    if (existsSync(from)) cpSync(from, join(image, part!), { recursive: true });
  }
  expect(readdirSync(image).sort()).toEqual(['bin', 'dist', 'package.json']);
  await run(image, 'sh', '-c', command!);
  expect(await run(image, process.execPath, 'bin/ragmon.js', '--version')).toBe(
    `${manifest.version}\n`,
  );
});

test.concurrent('`npm ci` in a fresh checkout leaves a runnable `npx ragmon`', {
  timeout: 120_000,
}, async () => {
  const checkout = join(folder, 'checkout');
  const parts = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const part of [...parts, 'bin', 'src', 'tools']) {
    cpSync(join(ROOT, part), join(checkout, part), { recursive: true });
  }
  await run(checkout, 'npm', 'ci', '--no-audit', '--no-fund');
  expect(await run(checkout, 'npx', '--no-install', 'ragmon', '--version')).toBe(
    `${manifest.version}\n`,
  );
});

function readCompose(name: string): string {
  return readFileSync(join(app, 'node_modules/ragmon/compose', name), 'utf8');
}

/** Runs a program to its end and returns its stdout; anything but exit code 0 is an error. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  // Not as a script of this project's npm, which would leave its settings in the environment.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|NODE_|VITEST|RAGMON_|PUSHGATEWAY_)/.test(name),
    ),
  );
  const guarded = spawnGuarded(command, args, { cwd, env });
  const { code } = await guarded.exited;
  if (code === 0) return guarded.stdout();
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${guarded.output()}`);
}
