import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Env, processEnv, sleep } from '../src/env.js';
import { runCli } from './support/cli.js';
import { spawnGuarded, temporaryFolder } from './support/processes.js';

const BIN = new URL('../bin/ragmon.js', import.meta.url).pathname;

let env: Env;
let folder: string;
beforeAll(async () => {
  env = await processEnv();
});
beforeEach(() => {
  folder = temporaryFolder();
  onTestFinished(() => {
    execFileSync('rm', ['-rf', folder]);
  });
});

describe('writing a file', () => {
  const there = () => readdirSync(folder).sort();

  test('a new one, and over an old one: whole, and nothing beside it', async () => {
    const path = join(folder, 'l.json');
    for (const text of ['long\n'.repeat(1000), 'short\n']) {
      await env.checkWritable(path);
      await env.writeFile(path, text);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    expect(there()).toEqual(['l.json']);
  });

  test('checking leaves an existing file as it is', async () => {
    const path = join(folder, 'l.json');
    writeFileSync(path, 'old');
    await env.checkWritable(path);
    expect([readFileSync(path, 'utf8'), there()]).toEqual(['old', ['l.json']]);
  });

  test('who may read a file stays as it was', async () => {
    const path = join(folder, 'l.json');
    writeFileSync(path, 'old', { mode: 0o600 });
    await env.writeFile(path, 'new');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
  });

  test.each(['old', undefined])('a link stays one; its file holds %s before', async (before) => {
    mkdirSync(join(folder, 'far'));
    const target = join(folder, 'far', 'l.json');
    if (before) writeFileSync(target, before);
    symlinkSync('far/l.json', join(folder, 'near'));
    symlinkSync('near', join(folder, 'link'));
    await env.checkWritable(join(folder, 'link'));
    await env.writeFile(join(folder, 'link'), 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect([there(), readdirSync(join(folder, 'far'))]).toEqual([
      ['far', 'link', 'near'],
      ['l.json'],
    ]);
  });

  test('a fifo is written to, and stays one', async () => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    await env.checkWritable(path);
    const reader = spawnGuarded('cat', [path]);
    await env.writeFile(path, 'text');
    await reader.exited;
    expect(reader.stdout()).toBe('text');
    expect([lstatSync(path).isFIFO(), there()]).toEqual([true, ['fifo']]);
  });

  test('a device is written to, and stays one', async () => {
    const path = join(folder, 'null');
    symlinkSync('/dev/null', path);
    await env.checkWritable(path);
    await env.writeFile(path, 'text');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test.each(['| cat', '> file; cat file', '>> file; cat file'])(
    'standard output is a stream, wherever it leads: %s',
    async (rest) => {
      // What /dev/stdout is; a mistake here would replace the machine's own.
      symlinkSync('/proc/self/fd/1', join(folder, 'stdout'));
      const args = 'simulate -s docstore --dry-run -d 1s --ledger stdout';
      const run = spawnGuarded(
        'bash',
        ['-c', `echo before > file; "${process.execPath}" "${BIN}" ${args} ${rest}`],
        { cwd: folder },
      );
      expect((await run.exited).code).toBe(0);
      const before = rest.startsWith('>>') ? 'before\n' : '';
      expect(run.stdout().startsWith(`${before}# HELP `)).toBe(true);
      const ledger = run.stdout().slice(run.stdout().indexOf('\n{\n'));
      expect(JSON.parse(ledger)).toHaveProperty('truth');
      expect(there()).toEqual(['file', 'stdout']);
    },
  );

  test.each([
    ['no folder', 'none/l.json', 'no such file or directory'],
    ['a file for a folder', 'file/l.json', 'not a directory'],
    ['a folder', 'sub', 'it is a folder'],
    ['a folder to be', 'new/', 'not the name of a file'],
    ['no name', '', 'not the name of a file'],
    ['a place that takes no files', '/proc/l.json', 'no such file or directory'],
    ['a link in a circle', 'loop', 'too many symbolic links'],
  ])('%s is found before a run, in one line', async (_, name, reason) => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'sub'));
    symlinkSync('loop', join(folder, 'loop'));
    const path = name === '' || name.startsWith('/') ? name : `${folder}/${name}`;
    const before = there();
    for (const write of [() => env.checkWritable(path), () => env.writeFile(path, 'text')]) {
      const error: Error = await write().then(
        () => expect.unreachable(),
        (e) => e,
      );
      expect(error.message).toContain(`${path}: `);
      expect(error.message).toContain(reason);
      expect(error.message).not.toMatch(/\n|mkdtemp|XXXXXX|\.ragmon/);
    }
    expect(there()).toEqual(before);
  });

  test('simulate says it before it pushes', async () => {
    for (const path of ['/proc/l.json', `${folder}/none/l.json`]) {
      const run = await runCli(['simulate', '-g', 'http://127.0.0.1:9', '--ledger', path]);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toMatch(/^ragmon: cannot write the ledger: .*\n$/);
      expect(run.stderr).toContain(path);
    }
  });
});

describe('sleep', () => {
  test.each([2 ** 31, 1e15, Number.POSITIVE_INFINITY])(
    '%d ms, which a timer cannot hold, until it is aborted',
    async (ms) => {
      const warnings: Error[] = [];
      const warned = (warning: Error) => warnings.push(warning);
      process.on('warning', warned);
      onTestFinished(() => {
        process.off('warning', warned);
      });
      const abort = new AbortController();
      let awake = false;
      const nap = sleep(ms, abort.signal).then(() => {
        awake = true;
      });
      await delay(50);
      expect([awake, warnings]).toEqual([false, []]);
      abort.abort();
      await nap;
    },
  );

  test('in chunks, to the end of the last one', async () => {
    const started = performance.now();
    await sleep(100, undefined, 30);
    expect(performance.now() - started).toBeGreaterThanOrEqual(100);
    const abort = new AbortController();
    const nap = sleep(3_600_000, abort.signal, 10);
    await delay(50);
    abort.abort();
    await nap;
    await sleep(3_600_000, abort.signal);
  });

  test('none at all', async () => {
    for (const ms of [0, -5]) await sleep(ms);
  });
});

test('a pseudo-terminal that says 0 has 80 columns', () => {
  const columns = Object.getOwnPropertyDescriptor(process.stderr, 'columns');
  onTestFinished(() => {
    if (columns) Object.defineProperty(process.stderr, 'columns', columns);
    else Reflect.deleteProperty(process.stderr, 'columns');
  });
  for (const [has, shown] of [
    [0, 80],
    [undefined, 80],
    [120, 120],
  ]) {
    Object.defineProperty(process.stderr, 'columns', { value: has, configurable: true });
    expect(env.stderr.columns).toBe(shown);
  }
});

describe('.env', () => {
  const DRY = ['simulate', '-s', 'docstore', '--dry-run', '-d', '1s', '--json'];

  test('is read where there is one', async () => {
    writeFileSync(join(folder, '.env'), 'RAGMON_SEED=dotenv\n');
    const run = await runCli(DRY, { cwd: folder });
    expect(JSON.parse(run.stdout).truth.seed).toBe('dotenv');
  });

  test('that cannot be read is an error, in two lines and without a stack', async () => {
    mkdirSync(join(folder, '.env'));
    const run = await runCli(DRY, { cwd: folder });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^ragmon: cannot read \.env: EISDIR: [^\n]*\n {2}[^\n]+\n$/);
    const verbose = await runCli([...DRY, '-v'], { cwd: folder });
    expect(verbose.stderr).toMatch(/\n {4}at /);
  });
});
