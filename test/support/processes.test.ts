import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guarded, spawnGuarded, temporaryFolder, until, WATCHDOG } from './processes.js';

function node(script: string, options: Parameters<typeof spawnGuarded>[2] = {}): Guarded {
  return spawnGuarded(process.execPath, ['-e', script], options);
}

test('output, exit code and folders', async () => {
  const folder = temporaryFolder();
  const guarded = node(
    `process.stdin.pipe(process.stdout); console.error('e'); process.exitCode = 3`,
    { stdin: 'in\n', folders: [folder] },
  );
  expect(await guarded.exited).toEqual({ code: 3, signal: null });
  expect([guarded.stdout(), guarded.stderr()]).toEqual(['in\n', 'e\n']);
  expect(existsSync(folder)).toBe(false);
});

test('what ignores SIGTERM is killed after its grace', async () => {
  const guarded = node(
    `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 9)`,
  );
  await until('the start', () => guarded.stdout() === 'up\n');
  await guarded.stop(100);
  expect(await guarded.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a program that does not exist is an error', () => {
  expect(() => spawnGuarded('no-such-program', [])).toThrow('cannot start no-such-program');
});

test('nothing outlives a test process, even one that is killed', async () => {
  // A process that starts another, with a watchdog, and is shot.
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { spawn } from 'node:child_process';
       const child = spawn('sleep', ['60'], { stdio: 'inherit' });
       spawn('/bin/sh', ['-c', ${JSON.stringify(WATCHDOG)}, String(child.pid)],
         { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
       console.log('started');`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(parent.stdout, 'data');
  const closed = once(parent, 'close'); // Its stdout is also that of `sleep`.
  parent.kill('SIGKILL');
  await closed;
});
