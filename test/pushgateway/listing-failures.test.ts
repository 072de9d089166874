import { describe, expect, test } from 'vitest';
import type { PushClientOptions } from '../../src/pushgateway/client.js';
import { type FaultyMode, startFaultyGateway } from '../support/faulty-gateway.js';
import { failureOf, secondsOf, testClient } from './clients.js';

const time = { type: 'GAUGE', metrics: [{ labels: {}, value: '3' }] };
const groupOf = (job: string) => ({
  labels: { job },
  push_time_seconds: time,
  push_failure_time_seconds: time,
});
const listingOf = (...jobs: string[]) =>
  JSON.stringify({ status: 'success', data: jobs.map(groupOf) });

const WHOLE = listingOf('a', 'b', 'c');
const HALF = WHOLE.slice(0, WHOLE.length / 2);
const short = { timeoutMs: 150, retries: 2, totalTimeoutMs: 5000 };

interface Case {
  mode: FaultyMode;
  options?: Partial<PushClientOptions>;
  requests: number;
  message: RegExp;
  hint?: RegExp;
  status?: number;
}

describe('each fault ends a listing, with the right number of requests and a clear message', () => {
  const cases: [string, Case][] = [
    ['reset', { mode: 'reset', requests: 6, message: /failed \(6 attempts .*(ECONNRESET|closed)/ }],
    [
      'not HTTP',
      { mode: 'garbage', requests: 6, message: /failed \(6 attempts .*HTTP/, hint: /Pushgateway/ },
    ],
    [
      '503',
      { mode: { status: 503, body: 'busy' }, requests: 6, status: 503, message: /503 .*: busy$/ },
    ],
    [
      '404, endless',
      {
        mode: { status: 404, body: 'nope', endless: true },
        options: short,
        requests: 1,
        status: 404,
        message: /answered with 404: nope$/,
        hint: /path prefix/,
      },
    ],
    [
      'no headers: a gateway may be at work on them until the total time is over',
      {
        mode: 'no headers',
        options: { ...short, totalTimeoutMs: 400 },
        requests: 1,
        message: /failed: no answer within 0.4 s$/,
      },
    ],
    [
      'stalled in the middle',
      {
        mode: { status: 200, body: HALF, endless: true },
        options: short,
        requests: 3,
        message: /failed \(3 attempts in .*\): no more of the answer within 0.15 s$/,
      },
    ],
    [
      'stalled before the first byte',
      {
        mode: { status: 200, endless: true },
        options: short,
        requests: 3,
        message: /failed \(3 attempts in .*\): no more of the answer within 0.15 s$/,
      },
    ],
    [
      'cut in the middle',
      {
        mode: { status: 200, body: HALF, cut: true },
        requests: 6,
        message: /failed \(6 attempts in .*\): .*(closed|aborted|terminated)/,
      },
    ],
    [
      'shorter than announced',
      {
        mode: {
          ...{ status: 200, body: HALF, cut: true },
          headers: { 'Content-Length': `${WHOLE.length}` },
        },
        requests: 6,
        message: /failed \(6 attempts in .*\): .*(closed|mismatch)/,
      },
    ],
    [
      'ended in the middle',
      {
        mode: { status: 200, body: HALF },
        requests: 1,
        status: 200,
        message: /failed: the answer ends after 1 group, before its list does$/,
        hint: /is this URL a Pushgateway/,
      },
    ],
    [
      'garbage in the middle',
      {
        mode: { status: 200, body: `${HALF.slice(0, -3)}\u0000\u0001 oops`, endless: true },
        requests: 1,
        status: 200,
        message: /failed: not JSON after 1 group: .*oops$/,
        hint: /is this URL a Pushgateway/,
      },
    ],
    [
      'no listing, and without end',
      { mode: 'endless body', requests: 1, status: 200, message: /failed: not JSON: \.+$/ },
    ],
    ['a flood', { mode: 'flood', requests: 1, status: 200, message: /not JSON: \.{100}$/ }],
    [
      'a listing without end',
      {
        mode: 'endless listing',
        options: { listingTimeoutMs: 300 },
        requests: 1,
        message: /failed: no end of the answer after 0.3 s of it$/,
      },
    ],
  ];
  test.each(cases)('%s', async (_, { mode, options, requests, message, hint, status }) => {
    const gateway = await startFaultyGateway({ mode });
    const client = testClient(gateway.url, options);
    const error = await failureOf(client.pick((key) => key));
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`listing the groups at ${gateway.url} `)).toBe(true);
    expect(error.message).not.toContain('\n');
    if (hint) expect(error.hint).toMatch(hint);
    expect(error.status).toBe(status);
    expect(error.attempts).toBe(requests);
    expect(gateway.requests).toHaveLength(requests);

    gateway.mode({ status: 200, body: WHOLE });
    expect((await client.list()).groups).toHaveLength(3);
  });
});

test('what broke off is begun anew: nothing of it is kept, the time is that of the last answer', async () => {
  const gateway = await startFaultyGateway();
  const broken = listingOf('old', 'older', 'oldest');
  const headers = { Date: 'Mon, 02 Mar 2026 00:00:10 GMT' };
  gateway.mode(
    { status: 200, body: broken.slice(0, -10), cut: true, headers },
    { status: 200, body: broken.slice(0, -1), endless: true, headers },
    { status: 200, body: WHOLE, headers: { Date: 'Mon, 02 Mar 2026 00:00:20 GMT' } },
  );
  const seen: string[] = [];
  const { groups, serverTime } = await testClient(gateway.url, short).pick(({ job }) => {
    seen.push(job);
    return job;
  });
  expect(seen).toEqual(['old', 'older', 'old', 'older', 'oldest', 'a', 'b', 'c']);
  expect(groups).toEqual(['a', 'b', 'c']);
  expect(serverTime).toBe(Date.UTC(2026, 2, 2, 0, 0, 20));
});

test('a listing may take longer than one attempt or all of them, as long as it comes', async () => {
  const { createServer } = await import('node:http');
  const server = createServer(async (_, response) => {
    for (const byte of WHOLE.match(/.{1,15}/gs) ?? []) {
      response.write(byte);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = testClient(`http://127.0.0.1:${port}`, { timeoutMs: 250, totalTimeoutMs: 300 });
  const listing = client.list();
  expect(await secondsOf(listing)).toBeGreaterThan(0.4);
  expect((await listing).groups).toHaveLength(3);
  server.closeAllConnections();
  server.close();
});

test('300 MB that do not end take no memory, and what `take` throws ends them', {
  timeout: 60_000,
}, async () => {
  const gateway = await startFaultyGateway({ mode: 'endless listing' });
  const client = testClient(gateway.url);
  let groups = 0;
  let peak = 0;
  const before = process.memoryUsage.rss();
  const enough = new RangeError('enough');
  const picked = client.pick((key) => {
    groups += 1;
    if (groups % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    // A group is 1.8 KB.
    if (groups * 1800 > 300e6) throw enough;
    return groups < 10 ? key : undefined;
  });
  await expect(picked).rejects.toBe(enough);
  expect((peak - before) / 1e6).toBeLessThan(150);
  expect(gateway.requests).toHaveLength(1);
});

describe('a listing is stopped at once', () => {
  test('by a signal, in the midst of a group', async () => {
    const gateway = await startFaultyGateway({ mode: 'endless listing' });
    const client = testClient(gateway.url);
    const controller = new AbortController();
    let seen = 0;
    const error = await failureOf(
      client.pick(
        () => {
          seen += 1;
          if (seen === 10) controller.abort();
        },
        { signal: controller.signal },
      ),
    );
    expect(error.aborted).toBe(true);
    expect(error.message).toBe(`listing the groups at ${gateway.url} was stopped`);
    expect(seen).toBe(10);
    gateway.mode({ status: 200, body: WHOLE });
    expect((await client.list()).groups).toHaveLength(3);
  });

  test('by close()', async () => {
    const gateway = await startFaultyGateway({ mode: { status: 200, body: HALF, endless: true } });
    const client = testClient(gateway.url);
    const listing = failureOf(client.list());
    setTimeout(() => client.close(), 100);
    expect(await secondsOf(listing)).toBeLessThan(1.5);
    expect((await listing).aborted).toBe(true);
  });
});
