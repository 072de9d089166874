import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cleanup, sweepOptionsOf } from '../../src/cleanup/cleanup.js';
import { sweep } from '../../src/cleanup/sweep.js';
import type { CleanupDocument } from '../../src/commands/cleanup/document.js';
import { SYSTEM } from '../../src/env.js';
import { startGateway } from '../../src/gateway/server.js';
import { type GroupingKey, keyId } from '../../src/pushgateway/grouping-key.js';
import { ENDED, FOREIGN, meddle, RUNNING } from '../cleanup/gateways.js';
import { runCli, startCli } from '../support/cli.js';
import { spawnGuarded, temporaryFolder, until } from '../support/processes.js';
import { needs, startPushgateway } from '../support/servers.js';
import { screen } from '../ui/screen.js';
import { clientOf } from './gateway.js';

const key = (name: string, job = 'chatapi'): GroupingKey => ({ job, labels: { instance: name } });

/** Keys that are easily taken for another, or for none. */
const ODD: GroupingKey[] = [
  { job: 'a', labels: {} },
  { job: 'a', labels: { instance: 'a' } },
  { job: 'a', labels: { zone: '' } },
  { job: 'a/b', labels: {} },
  { job: '/', labels: { instance: '/' } },
  { job: '//', labels: {} },
  { job: '..', labels: { instance: '..' } },
  { job: '.', labels: {} },
  { job: 'a', labels: { instance: '..' } },
  { job: 'a', labels: { path: '../../job/a' } },
  { job: ' ', labels: { x: ' a b+c%2F%' } },
  { job: 'büro-机', labels: { instance: '😀' } },
  { job: 'a@base64', labels: { b: '=' } },
  { job: 'a', labels: { z: '1', b: '2', a: '3' } },
  { job: 'a', labels: { z: '1', b: '2' } },
  { job: 'line\nend "quoted" \\', labels: { tab: '\t', esc: '\x1b[31m', rtl: '\u202e' } },
  { job: 'a?b#c;d', labels: { instance: 'x&y=z' } },
  { job: 'x'.repeat(500), labels: { instance: 'é'.repeat(300) } },
];

/** Against both gateways the same. */
function against(name: string, start: () => Promise<{ url: string; stop: () => Promise<void> }>) {
  const opened = async () => {
    const { url, stop } = await start();
    const client = clientOf(url);
    const ids = async () => new Set((await client.list()).groups.map((group) => keyId(group.key)));
    const end = async () => {
      await client.close();
      await stop();
    };
    return { url, client, ids, end };
  };

  test.concurrent(`${name}: every odd key is deleted, and only that one`, async () => {
    const { url, client, ids, end } = await opened();
    for (const one of ODD) await client.put(one, FOREIGN);
    const left = new Set(ODD.map(keyId));
    expect(await ids()).toEqual(left);
    const options = sweepOptionsOf({ anyOwner: true, olderThan: 0 });
    for (const one of ODD) {
      const id = keyId(one);
      const { deleted, failures } = await sweep({
        options: { ...options, selected: (other) => keyId(other) === id },
        ...{ client, clock: SYSTEM, observer: {}, stop: new AbortController().signal, grace: 1 },
      });
      expect({ failures, deleted: deleted.map((entry) => entry.id) }).toEqual({
        failures: [],
        deleted: [id],
      });
      left.delete(id);
      expect(await ids()).toEqual(left);
    }
    for (const one of ODD) await client.put(one, FOREIGN);
    const all = ['cleanup', '-g', url, '--any-owner', '--older-than', '0', '--yes', '--json'];
    const plan = await runCli([...all, '--dry-run']);
    const done = await runCli(all);
    const shown = (text: string) =>
      (JSON.parse(text) as CleanupDocument).groups.map((group) => group.key);
    expect(shown(done.stdout)).toEqual(shown(plan.stdout));
    expect(JSON.parse(done.stdout).counts).toMatchObject({ deleted: ODD.length, stay: 0 });
    expect(await ids()).toEqual(new Set());
    await end();
  });

  test.concurrent(`${name}: foreign groups survive, and each flag does what it says`, {
    timeout: 120_000,
  }, async () => {
    const { url, client, ids, end } = await opened();
    await client.put(key('old'), ENDED);
    await client.put(key('running'), RUNNING);
    await client.put(key('d', 'docstore'), ENDED);
    await client.put(key('foreign', 'backup'), FOREIGN);
    await client.put(key('never', 'tried'), 'a 1\na 1\n').catch(() => {});
    await delay(3200);
    const alive = new AbortController();
    const pusher = (async () => {
      for (; !alive.signal.aborted; await delay(200)) await client.put(key('fresh'), ENDED);
    })();
    await until('it is there', async () => (await ids()).has(keyId(key('fresh'))));
    const planned = async (...argv: string[]) => {
      const args = ['cleanup', '-g', url, '--older-than', '2s', '--dry-run', '--json', ...argv];
      const { code, stdout } = await runCli(args);
      expect(code).toBe(0);
      const { groups } = JSON.parse(stdout) as CleanupDocument;
      return groups
        .filter(({ verdict }) => verdict === 'delete')
        .map((group) => group.key.instance)
        .sort();
    };
    expect(await planned()).toEqual(['d', 'old', 'running']);
    expect(await planned('--older-than', '1h')).toEqual([]);
    expect(await planned('--older-than', '0', '-s', 'chatapi')).toEqual([
      'fresh',
      'old',
      'running',
    ]);
    expect(await planned('--finished')).toEqual(['d', 'old']);
    expect(await planned('--keep', '1')).toEqual(['old', 'running']);
    expect(await planned('--keep', '2')).toEqual(['old']);
    expect(await planned('--job', '*store')).toEqual(['d']);
    expect(await planned('--match', '{instance=~"r.*|d"}')).toEqual(['d', 'running']);
    expect(await planned('--any-owner')).toEqual(['d', 'foreign', 'never', 'old', 'running']);
    expect(await planned('--any-owner', '--job', 'b*')).toEqual(['foreign']);
    const never = await runCli([
      'cleanup',
      '-g',
      url,
      '--any-owner',
      '--older-than',
      '1s',
      '--dry-run',
    ]);
    expect(never.stdout).toMatch(/failed .*none of its pushes succeeded +\{job="tried"/);
    expect((await ids()).size).toBe(6);

    const swept = await runCli(['cleanup', '-g', url, '--older-than', '2s']);
    expect(swept).toMatchObject({ code: 0, stderr: '' });
    expect(swept.stdout).toMatch(/^3 deleted · 3 stay: /);
    expect(await ids()).toEqual(
      new Set([key('fresh'), key('foreign', 'backup'), key('never', 'tried')].map(keyId)),
    );
    alive.abort();
    await pusher;
    await end();
  });

  test.concurrent(`${name}: who keeps pushing during the sweeps loses nothing`, {
    timeout: 120_000,
  }, async () => {
    const { url, client, ids, end } = await opened();
    const busy = Array.from({ length: 20 }, (_, i) => key(`busy${i}`));
    const dead = Array.from({ length: 200 }, (_, i) => key(`dead${i}`));
    for (const one of dead) await client.put(one, ENDED);
    for (const one of busy) await client.put(one, ENDED);
    await delay(2100);
    const abort = new AbortController();
    let pushed = 0;
    const pushers = busy.map(async (one) => {
      while (!abort.signal.aborted) {
        await client.put(one, `${ENDED}pushed ${++pushed}\n`);
        await delay(20);
      }
    });
    // They begin as stale as the others: the plan has them, and the second look spares them.
    const gateway = meddle(client, {
      listing: async (n) => {
        if (n === 2) await until('a push of each', () => pushed > 40);
      },
    });
    const stale = await cleanup({ gateway, olderThan: 1, dryRun: true });
    expect(stale.plan.entries.length).toBe(220);
    const first = await cleanup({ gateway, olderThan: 1 });
    expect(first.deleted.length + first.spared.length).toBeGreaterThanOrEqual(200);
    for (let i = 0; i < 3; i++) {
      const { code } = await runCli(['cleanup', '-g', url, '--older-than', '1s']);
      expect(code).toBe(0);
      const now = await ids();
      for (const one of busy) expect([one, now.has(keyId(one))]).toEqual([one, true]);
    }
    abort.abort();
    await Promise.all(pushers);
    expect(await ids()).toEqual(new Set(busy.map(keyId)));
    await end();
  });

  test.concurrent(`${name}: --every sweeps what becomes stale, and ends at a signal`, async () => {
    const { url, client, ids, end } = await opened();
    await client.put(key('one'), ENDED);
    await client.put(key('foreign', 'backup'), FOREIGN);
    const janitor = startCli(
      ['cleanup', '-g', url, '--older-than', '1s', '--every', '300ms', '--json'],
      {},
    );
    const gone = (name: string) =>
      until(`${name} is swept`, async () => !(await ids()).has(keyId(key(name))));
    await gone('one');
    await client.put(key('two'), ENDED);
    await gone('two');
    // Not in the middle of the look that shows that it is gone.
    await janitor.waitFor(/"deleted":1,[\s\S]*"deleted":1,/);
    await until('more sweeps', () => janitor.stdout().split('\n').length > 5);
    janitor.kill('SIGTERM');
    const { code, stderr, stdout } = await janitor.exited;
    expect({ code, stderr }).toEqual({ code: 143, stderr: '' });
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as CleanupDocument);
    expect(documents.length).toBeGreaterThan(4);
    expect(documents.reduce((sum, { counts }) => sum + counts.deleted, 0)).toBe(2);
    expect((await ids()).size).toBe(1);
    await end();
  });
}

against('embedded', async () => {
  const { url, close } = await startGateway();
  return { url, stop: close };
});
needs('prometheus-pushgateway')('ragmon cleanup against a real Pushgateway', () => {
  against('real', () => startPushgateway());
});

needs('script')('ragmon cleanup at a terminal', () => {
  const BIN = new URL('../../bin/ragmon.js', import.meta.url).pathname;
  /** What is typed is typed once the question stands there. */
  const terminal = (url: string, typed: string) => {
    const folder = temporaryFolder();
    const args = `cleanup -g ${url} --any-owner --job "b*" --older-than 0 --concurrency 1`;
    const command = `stty cols 120; exec "${process.execPath}" "${BIN}" ${args}`;
    const wait = 'until grep -qs y/N shown; do sleep 0.05; done';
    const pipe = `{ ${wait}; printf '${typed}'; sleep 0.5; } | script -qfec '${command}' shown`;
    return spawnGuarded('bash', ['-c', pipe], {
      cwd: folder,
      env: { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh' },
      folders: [folder],
    });
  };

  test('more than 20 groups of others: it asks, and does as it is told', async () => {
    const { url, close } = await startGateway();
    const client = clientOf(url);
    for (let i = 0; i < 150; i++) await client.put(key(`f${i}`, 'backup'), FOREIGN);
    const question = 'Delete 150 groups that ragmon did not push? [y/N] ';
    const held = async () => (await client.list()).groups.length;

    // No, Ctrl-D and Ctrl-C.
    for (const [typed, expected] of [
      ['n\n', 1],
      ['\x04', 1],
      ['\x03', 130],
    ] as const) {
      const run = terminal(url, typed);
      expect((await run.exited).code).toBe(expected);
      expect(run.output()).toContain(question);
      expect(await held()).toBe(150);
    }
    const run = terminal(url, 'y\n');
    expect((await run.exited).code).toBe(0);
    const { lines } = screen(run.output(), 120);
    expect(run.output()).toMatch(/deleting .*150\/150/);
    expect(
      lines.filter((line) => /^delete .*\{job="backup",instance="f\d+"\}$/.test(line)).length,
    ).toBe(50);
    expect(lines.filter((line) => line !== '').at(-1)).toBe('150 deleted');
    expect(await held()).toBe(0);
    await client.close();
    await close();
  });
});
