import { expect, test } from 'vitest';
import { type CleanupOptions, cleanup } from '../../src/cleanup/cleanup.js';
import type { Entry } from '../../src/cleanup/plan.js';
import type { Sweep } from '../../src/cleanup/sweep.js';
import { SYSTEM } from '../../src/env.js';
import { UsageError } from '../../src/errors.js';
import type { GroupingKey } from '../../src/pushgateway/grouping-key.js';
import { PushError } from '../../src/pushgateway/push-error.js';
import { agedGateway, ENDED, FOREIGN, HOUR, meddle, RUNNING } from './gateways.js';

const key = (name: string, job = 'chatapi'): GroupingKey => ({ job, labels: { instance: name } });
const names = (entries: readonly Entry[]) => entries.map((one) => one.key.labels.instance).sort();

/** The lists of a sweep, those that are not empty. */
function outcome(sweep: Sweep): Record<string, unknown> {
  const { deleted, returned, spared, gone, left, failures, unverified } = sweep;
  const lists = Object.entries({ deleted, returned, spared, gone, left })
    .filter(([, entries]) => entries.length > 0)
    .map(([name, entries]) => [name, names(entries)]);
  return {
    ...Object.fromEntries(lists),
    ...(failures.length > 0 && { failed: names(failures.map(({ entry }) => entry)) }),
    ...(unverified !== undefined && { unverified }),
  };
}

test('stale groups of its own go, nothing else does; three listings', async () => {
  const { client, push, ids } = await agedGateway();
  await push(key('old'), HOUR);
  await push(key('older'), 2 * HOUR);
  await push(key('fresh'), 60);
  await push(key('foreign', 'backup'), HOUR, FOREIGN);
  const sweep = await cleanup({ gateway: client });
  expect(outcome(sweep)).toEqual({ deleted: ['old', 'older'] });
  expect(sweep).toMatchObject({ listings: 3, stopped: false });
  expect(sweep.plan.entries.map((one) => [one.key.labels.instance, one.reason])).toEqual([
    ['older', 'stale'],
    ['old', 'stale'],
    ['foreign', 'foreign'],
    ['fresh', 'fresh'],
  ]);
  expect(Math.abs(sweep.plan.skew)).toBeLessThan(5);
  expect(await ids()).toEqual(
    new Set(['["chatapi",["instance","fresh"]]', '["backup",["instance","foreign"]]']),
  );
  expect(await cleanup({ gateway: client })).toMatchObject({ deleted: [], listings: 1 });
});

test('each option', async () => {
  const { client, url, push, ids } = await agedGateway();
  const sweep = async (options: Omit<CleanupOptions, 'gateway'>) =>
    (await cleanup({ gateway: client, dryRun: true, ...options })).plan;
  const doomed = async (options: Omit<CleanupOptions, 'gateway'>) =>
    names((await sweep(options)).entries.filter(({ verdict }) => verdict === 'delete'));
  await push(key('a'), 5 * HOUR);
  await push(key('b'), 4 * HOUR);
  await push(key('running'), 3 * HOUR, RUNNING);
  await push(key('d', 'docstore'), 2 * HOUR);
  await push(key('foreign', 'backup/db'), 2 * HOUR, FOREIGN);
  await push(key('fresh'), 0);
  const own = ['a', 'b', 'd', 'running'];

  expect(await doomed({})).toEqual(own);
  expect(await doomed({ olderThan: 3.5 * HOUR })).toEqual(['a', 'b']);
  expect(await doomed({ olderThan: 0 })).toEqual(['a', 'b', 'd', 'fresh', 'running']);
  expect(await doomed({ job: 'chat*' })).toEqual(['a', 'b', 'running']);
  expect(await doomed({ job: ['doc*', 'backup*'] })).toEqual(['d']);
  expect(await doomed({ job: 'backup*', anyOwner: true })).toEqual(['foreign']);
  expect(await doomed({ match: '{instance=~"a|d"}' })).toEqual(['a', 'd']);
  expect(await doomed({ match: '{instance=~"a|d"}', job: 'chatapi' })).toEqual(['a']);
  expect(await doomed({ anyOwner: true })).toEqual([...own, 'foreign'].sort());
  expect(await doomed({ finished: true })).toEqual(['a', 'b', 'd']);
  expect(await doomed({ keep: 1 })).toEqual(['a', 'b', 'running']);
  expect(await doomed({ keep: 2 })).toEqual(['a', 'b']);
  expect((await sweep({ job: 'chat*' })).unselected).toBe(2);
  expect((await ids()).size).toBe(6);

  expect(
    outcome(await cleanup({ gateway: { url }, connection: { timeoutMs: 5000 }, keep: 2 })),
  ).toEqual({
    deleted: ['a', 'b'],
  });
  await expect(cleanup({ gateway: url, max: 1 })).rejects.toThrow(
    '2 groups would be deleted, which is more than 1: none was',
  );
  expect(outcome(await cleanup({ gateway: url, max: 2, concurrency: 1 }))).toEqual({
    deleted: ['d', 'running'],
  });
});

test.each<[Partial<CleanupOptions>, string]>([
  [{ olderThan: -1 }, 'olderThan: -1 is out of range'],
  [{ olderThan: Number.NaN }, 'olderThan: NaN'],
  [{ keep: 1.5 }, 'keep: 1.5'],
  [{ max: -1 }, 'max: -1'],
  [{ wait: Number.POSITIVE_INFINITY }, 'wait: Infinity'],
  [{ concurrency: 0 }, 'concurrency: 0'],
  [{ job: [] }, 'an empty list'],
  [{ match: 'chatapi' }, 'is no selector'],
  [{ olderThan: '1h' as never }, 'olderThan: 1h is no number'],
])('%j is refused', async (options, message) => {
  const call = cleanup({ gateway: 'http://127.0.0.1:1', ...options });
  await expect(call).rejects.toThrow(UsageError);
  await expect(call).rejects.toThrow(message);
});

test('pushed again between plan and deletion: spared; deleted by others: gone', async () => {
  const { client, push, ids } = await agedGateway();
  for (const name of ['again', 'failing', 'gone', 'stays dead']) await push(key(name), HOUR);
  const gateway = meddle(client, {
    listing: async (n) => {
      if (n !== 2) return;
      // As old as it was, but another push.
      await push(key('again'), HOUR - 1);
      // A failed push counts as well: somebody tries.
      await push(key('failing'), 0, 'ragmon_run_info{instance="x"} 1\nragmon_run_info 1\n').catch(
        () => {},
      );
      await client.delete(key('gone'));
    },
  });
  expect(outcome(await cleanup({ gateway }))).toEqual({
    deleted: ['stays dead'],
    spared: ['again', 'failing'],
    gone: ['gone'],
  });
  expect(gateway.listings()).toBe(3);
  expect((await ids()).size).toBe(2);
});

test('pushed again after the second look: reported as returned', async () => {
  const { client, push, ids } = await agedGateway();
  await push(key('back'), HOUR);
  await push(key('dead'), HOUR);
  const gateway = meddle(client, {
    listing: async (n) => {
      if (n === 3) await push(key('back'), 0);
    },
  });
  expect(outcome(await cleanup({ gateway }))).toEqual({ deleted: ['dead'], returned: ['back'] });
  expect((await ids()).size).toBe(1);
});

test('the newest change meanwhile: what is newest now stays', async () => {
  const { client, push } = await agedGateway();
  await push(key('older'), 2 * HOUR);
  await push(key('newest'), HOUR);
  const gateway = meddle(client, {
    listing: async (n) => {
      if (n === 2) await client.delete(key('newest'));
    },
  });
  expect(outcome(await cleanup({ gateway, keep: 1 }))).toEqual({ spared: ['older'] });
});

test('a deletion that was taken but not carried out is a failure', async () => {
  const { client, push } = await agedGateway();
  await push(key('stuck'), HOUR);
  await push(key('dead'), HOUR);
  const gateway = {
    ...client,
    delete: async (target: GroupingKey) =>
      await client.delete(target.labels.instance === 'stuck' ? key('elsewhere') : target),
  };
  const sweep = await cleanup({ gateway });
  expect(outcome(sweep)).toEqual({ deleted: ['dead'], failed: ['stuck'] });
  expect(sweep.failures[0]!.error).toBe('still there, though the gateway took its deletion');
});

test('deletions fail: each is named, gone is gone all the same, the rest is not tried for ever', async () => {
  const { client, push } = await agedGateway();
  for (let i = 10; i < 40; i++) await push(key(`${i}`), HOUR + 40 - i);
  const refuse = (n: number) => {
    if (n > 3) throw new PushError(`no ${n}`, { attempts: 1 });
  };
  const gateway = meddle(client, {
    deletion: async (n, target) => {
      // Carried out, but its answer was lost.
      if (n === 5) await client.delete(target);
      refuse(n);
    },
  });
  const sweep = await cleanup({ gateway, concurrency: 1 });
  expect(gateway.deletions()).toBe(11);
  expect(names(sweep.deleted)).toEqual(['10', '11', '12']);
  expect(names(sweep.gone)).toEqual(['14']);
  expect(sweep.failures).toHaveLength(26);
  expect(sweep.failures[0]).toMatchObject({ entry: { key: key('13') }, error: 'no 4' });
  expect(sweep.failures.at(-1)).toMatchObject({
    entry: { key: key('39') },
    error: 'not tried, after 8 failures in a row',
  });
});

test('a gateway that is lost after the deletions: nothing is said to be verified', async () => {
  const { client, push } = await agedGateway();
  await push(key('a'), HOUR);
  const gateway = meddle(client, {
    listing: (n) => {
      if (n === 3) throw new PushError('lost', { attempts: 1 });
    },
  });
  expect(outcome(await cleanup({ gateway }))).toEqual({ deleted: ['a'], unverified: 'lost' });
});

test('a gateway that is lost before them: rejected, nothing deleted', async () => {
  const { client, push, ids } = await agedGateway();
  await push(key('a'), HOUR);
  const gateway = meddle(client, {
    listing: (n) => {
      if (n === 2) throw new PushError('lost', { attempts: 1 });
    },
  });
  await expect(cleanup({ gateway })).rejects.toThrow('lost');
  expect(gateway.deletions()).toBe(0);
  expect((await ids()).size).toBe(1);
});

test('the last look waits for what is pushed: it goes before the deletions', async () => {
  const { client, push } = await agedGateway();
  const waits: number[] = [];
  const clock = {
    ...SYSTEM,
    sleep: async (ms: number) => {
      waits.push(ms);
    },
  };
  const gateway = meddle(client, { listing: () => SYSTEM.sleep(300) });
  await push(key('a'), HOUR);
  await cleanup({ gateway, clock });
  // Three who push, in jobs that are not even selected.
  for (const name of ['x', 'y', 'z']) await push(key(name, 'live'), 0);
  await push(key('a'), HOUR);
  await cleanup({ gateway, clock, job: 'chat*' });
  expect(waits[0]).toBe(100);
  expect(waits[1]).toBeGreaterThanOrEqual(3 * 150 - 1);
});

test('no time of the gateway, no age', async () => {
  const { client } = await agedGateway();
  const gateway = {
    ...client,
    pick: async (...args: Parameters<typeof client.list>) =>
      ({ ...(await client.list(...args)), serverTime: undefined }) as never,
  };
  await expect(cleanup({ gateway })).rejects.toThrow(/has no Date/);
});

test('stopped in the middle: what was deleted is told, the rest is left', async () => {
  const { client, push, ids } = await agedGateway();
  for (let i = 10; i < 20; i++) await push(key(`${i}`), HOUR + 20 - i);
  const abort = new AbortController();
  const progress: string[] = [];
  const gateway = meddle(client, {
    deletion: (n) => {
      if (n === 4) abort.abort();
    },
  });
  const sweep = await cleanup({
    ...{ gateway, concurrency: 1, signal: abort.signal },
    progress: (done, total) => progress.push(`${done}/${total}`),
  });
  expect(sweep).toMatchObject({ stopped: true, listings: 2 });
  expect(outcome(sweep)).toEqual({
    deleted: ['10', '11', '12', '13'],
    left: ['14', '15', '16', '17', '18', '19'],
    unverified: 'the sweep was stopped',
  });
  expect(progress).toEqual(['1/10', '2/10', '3/10', '4/10']);
  expect((await ids()).size).toBe(6);
});

test('stopped before: rejected; stopped in its wait, or not approved: all is left', async () => {
  const { client, push, ids } = await agedGateway();
  await push(key('a'), HOUR);
  await expect(cleanup({ gateway: client, signal: AbortSignal.abort() })).rejects.toMatchObject({
    aborted: true,
  });
  const abort = new AbortController();
  const waiting = cleanup({
    ...{ gateway: client, wait: HOUR, signal: abort.signal },
    planned: () => setTimeout(() => abort.abort(), 50),
  });
  expect(outcome(await waiting)).toEqual({ left: ['a'] });
  let asked = 0;
  const approve = ({ entries }: { entries: readonly Entry[] }) => {
    asked += entries.length;
    return false;
  };
  expect(outcome(await cleanup({ gateway: client, approve }))).toEqual({ left: ['a'] });
  expect([asked, (await ids()).size]).toEqual([1, 1]);
  await push(key('a'), 0, ENDED);
  expect(outcome(await cleanup({ gateway: client, approve }))).toEqual({});
  expect(asked).toBe(1);
});
