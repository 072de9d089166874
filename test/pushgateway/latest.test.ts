import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGroupPusher, type GroupPusher } from '../../src/pushgateway/latest.js';
import { type FaultyMode, startFaultyGateway } from '../support/faulty-gateway.js';
import { until } from '../support/processes.js';
import { clock, testClient } from './clients.js';

const KEY = { job: 'a', labels: {} };

async function setUp(mode: FaultyMode, options: Parameters<typeof testClient>[1] = {}) {
  const gateway = await startFaultyGateway({ mode, delayMs: 200 });
  const client = testClient(gateway.url, options);
  const pusher = createGroupPusher(client, KEY, { clock });
  /** Resolves when `n` requests have been read. */
  const received = (n: number) =>
    until(`request ${n}`, () => gateway.requests.length >= n).then(() => undefined);
  const bodies = () => gateway.requests.map(({ body }) => body.toString().trim());
  return { gateway, client, pusher, bodies, received };
}

const state = (n: number) => `m ${n}\n`;

function expectBalance({ stats }: GroupPusher): void {
  expect(stats.ok + stats.failed + stats.overtaken).toBe(stats.offered);
}

test('one push at a time; of what comes meanwhile only the newest is sent', async () => {
  const { gateway, pusher, bodies, received } = await setUp('slow');
  pusher.offer(state(1));
  await received(1);
  for (let n = 2; n <= 1000; n++) pusher.offer(state(n));
  const outcome = await pusher.flush();
  expect(outcome?.receipt).toMatchObject({ attempts: 1 });
  expect(bodies()).toEqual(['m 1', 'm 1000']);
  expect(gateway.peak()).toBe(1);
  expect(pusher.stats).toMatchObject({
    ...{ offered: 1000, ok: 2, overtaken: 998, failed: 0, retried: 0, bytes: 4 + 7 },
  });
  expect(pusher.stats.latencies.count()).toBe(2);
  expect(pusher.stats.latencies.quantile(0.5)).toBeGreaterThan(0.18);
  expect(pusher.stats.lastOkAt! - pusher.stats.firstOkAt!).toBeGreaterThan(180);
});

test('what is overtaken is never rendered', async () => {
  const { pusher, bodies, received } = await setUp('slow');
  const rendered: number[] = [];
  const offer = (n: number) =>
    pusher.offer(() => {
      rendered.push(n);
      return state(n);
    });
  offer(1);
  await received(1);
  for (let n = 2; n <= 1000; n++) offer(n);
  await pusher.flush();
  expect(rendered).toEqual([1, 1000]);
  expect(bodies()).toEqual(['m 1', 'm 1000']);
});

test('a retry takes the newest state along', async () => {
  const { gateway, pusher, bodies, received } = await setUp({
    ...{ status: 503, headers: { 'Retry-After': '1' } },
  });
  pusher.offer(state(1));
  await received(1);
  gateway.mode('ok');
  for (let n = 2; n <= 50; n++) pusher.offer(state(n));
  expect((await pusher.flush())?.receipt?.attempts).toBe(2);
  expect(bodies()).toEqual(['m 1', 'm 50']);
  expect(pusher.stats).toMatchObject({ offered: 50, ok: 1, overtaken: 49, retried: 1, failed: 0 });
});

test('a refused state fails alone; the next one has its own turn', async () => {
  const { gateway, pusher, bodies, received } = await setUp('ok');
  gateway.mode({ status: 400, body: 'bad' }, 'ok');
  pusher.offer(state(1));
  await received(1);
  pusher.offer(state(2));
  expect((await pusher.flush())?.receipt?.attempts).toBe(1);
  expect(bodies()).toEqual(['m 1', 'm 2']);
  expect(pusher.stats).toMatchObject({ ok: 1, failed: 1 });
  expect(String(pusher.stats.lastError)).toContain('answered with 400: bad');

  gateway.mode({ status: 400, body: 'worse' });
  pusher.offer(state(3));
  expect(String((await pusher.flush())?.error)).toContain('answered with 400: worse');
  expect(String((await pusher.flush())?.error)).toContain('worse');
  expectBalance(pusher);
});

describe('flush', () => {
  test('without any offer', async () => {
    const { pusher } = await setUp('ok');
    expect(await pusher.flush()).toBeUndefined();
  });

  test('waits for the newest at its time, not for those that come later', async () => {
    const { pusher, received } = await setUp('slow');
    pusher.offer(state(1));
    await received(1);
    pusher.offer(state(2));
    const flushed = pusher.flush();
    await received(2);
    pusher.offer(state(3));
    expect((await flushed)?.receipt).toBeDefined();
    expect(pusher.stats.ok).toBe(2);
    await pusher.flush();
    expect(pusher.stats.ok).toBe(3);
  });

  test('an abort ends it', async () => {
    const gateway = await startFaultyGateway({ mode: 'no headers' });
    const controller = new AbortController();
    const pusher = createGroupPusher(testClient(gateway.url), KEY, {
      ...{ clock, signal: controller.signal },
    });
    pusher.offer(state(1));
    await until('the request', () => gateway.requests.length === 1);
    pusher.offer(state(2));
    controller.abort();
    expect((await pusher.flush())?.error).toMatchObject({ aborted: true });
    expect(pusher.stats).toMatchObject({ ok: 0, failed: 2, overtaken: 0 });
    expect(gateway.requests).toHaveLength(1);
  });

  test('an impossible key is reported, not retried for ever', async () => {
    const gateway = await startFaultyGateway();
    const pusher = createGroupPusher(testClient(gateway.url), { job: '', labels: {} }, { clock });
    pusher.offer(state(1));
    expect(String((await pusher.flush())?.error)).toContain('its job is empty');
    expect(gateway.requests).toEqual([]);
    expectBalance(pusher);
  });
});

test('each outcome is reported', async () => {
  const gateway = await startFaultyGateway();
  gateway.mode({ status: 400 }, 'ok');
  const outcomes: string[] = [];
  const pusher = createGroupPusher(testClient(gateway.url), KEY, {
    clock,
    onOutcome: ({ error }) => outcomes.push(error ? 'failed' : 'ok'),
  });
  for (const n of [1, 2]) {
    pusher.offer(state(n));
    await pusher.flush();
  }
  expect(outcomes).toEqual(['failed', 'ok']);
});

test('the books balance and the last state arrives, whatever goes wrong on the way', async () => {
  const fault = fc.constantFrom<FaultyMode>(
    ...(['ok', 'slow', 'reset', 'garbage'] as const),
    ...[400, 429, 500, 503].map((status) => ({ status })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 20 }),
      async (faults, pauses) => {
        const { gateway, pusher, bodies, client } = await setUp('ok', { retries: 20 });
        gateway.delayMs = 5;
        gateway.mode(...faults, 'ok');
        for (const [n, pause] of pauses.entries()) {
          pusher.offer(state(n));
          if (pause > 3) await new Promise((resolve) => setTimeout(resolve, pause));
        }
        while ((await pusher.flush())?.error) pusher.offer(state(pauses.length - 1));
        if (pauses.length > 0) expect(bodies().at(-1)).toBe(state(pauses.length - 1).trim());
        // Never backwards.
        const sent = bodies().map((body) => Number(body.slice(2)));
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
        expect(gateway.peak()).toBeLessThanOrEqual(1);
        expectBalance(pusher);
        await client.close();
        await gateway.stop();
      },
    ),
    { numRuns: 60 },
  );
});

test('memory stays bounded while nothing gets through', async () => {
  const { pusher, client } = await setUp('no headers');
  const flushed = pusher.flush();
  const before = process.memoryUsage();
  // 2 GB of states: unless they are dropped the process runs out of memory.
  for (let n = 0; n < 20_000; n++) {
    pusher.offer(Buffer.alloc(100_000, 'x').toString('latin1'));
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const after = process.memoryUsage();
  expect(after.rss - before.rss).toBeLessThan(500e6);
  expect(pusher.stats.overtaken).toBeGreaterThanOrEqual(19_998 - 100);
  await flushed;
  await client.close();
  await pusher.flush();
  expectBalance(pusher);
});
