import { expect, test } from 'vitest';
import { memoryEnv } from './env.js';

test('the fake clock passes only in sleep, in the order in which sleepers are due', async () => {
  const env = memoryEnv([], { startsAt: '2026-01-01T00:00:00Z' });
  const woken: [string, number][] = [];
  const sleeper = async (name: string, ...naps: number[]) => {
    for (const ms of naps) {
      await env.sleep(ms);
      woken.push([name, env.monotonic()]);
    }
  };
  await Promise.all([sleeper('long', 3_600_000), sleeper('short', 1000, 1500), sleeper('zero', 0)]);
  expect(woken).toEqual([
    ['zero', 0],
    ['short', 1000],
    ['short', 2500],
    ['long', 3_600_000],
  ]);
  expect(new Date(env.now()).toISOString()).toBe('2026-01-01T01:00:00.000Z');
});

for (const clock of ['fake', 'real'] as const) {
  test(`an aborted sleep of a ${clock} clock resolves, before and while it sleeps`, async () => {
    const env = memoryEnv([], { clock });
    const started = env.monotonic();
    const abort = new AbortController();
    const nap = env.sleep(3_600_000, abort.signal);
    abort.abort();
    await nap;
    await env.sleep(3_600_000, abort.signal);
    expect(env.monotonic() - started).toBeLessThan(10_000);
  });
}

test('files, streams, signals and the rest', async () => {
  const env = memoryEnv(['simulate'], {
    files: { a: 'text' },
    tty: { stderr: true },
    columns: 120,
  });
  env.stdout.write('one');
  env.stdout.write('two');
  expect([env.out(), env.err()]).toEqual(['onetwo', '']);
  expect([env.stdout.isTTY, env.stderr.isTTY, env.stderr.columns]).toEqual([false, true, 120]);

  expect(await env.readFile('a')).toBe('text');
  await expect(env.readFile('b')).rejects.toMatchObject({ code: 'ENOENT' });
  await env.writeFile('b', 'new');
  expect(env.files.get('b')).toBe('new');

  const signals: string[] = [];
  const off = env.onStop((signal) => signals.push(signal));
  env.signal('SIGINT');
  off();
  env.signal('SIGTERM');
  expect([signals, env.listeners()]).toEqual([['SIGINT'], 0]);
  env.abandon(130);
  expect(env.abandoned()).toBe(130);
});
