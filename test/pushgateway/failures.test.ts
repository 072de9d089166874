import { describe, expect, test } from 'vitest';
import type { PushClientOptions } from '../../src/pushgateway/client.js';
import { type FaultyMode, startFaultyGateway } from '../support/faulty-gateway.js';
import { freePort } from '../support/servers.js';
import { clock, failureOf, secondsOf, testClient } from './clients.js';

const KEY = { job: 'chatapi', labels: { instance: 'a' } };
const BODY = 'some_value 1\n';

interface Case {
  mode: FaultyMode;
  options?: Partial<PushClientOptions>;
  requests: number;
  message: RegExp;
  hint?: RegExp;
  status?: number;
}

describe('each fault ends a push, with the right number of requests and a clear message', () => {
  const short = { timeoutMs: 150, retries: 2, totalTimeoutMs: 5000 };
  const cases: [string, Case][] = [
    [
      'reset',
      {
        mode: 'reset',
        requests: 6,
        message: /failed \(6 attempts in [\d.]+ s\): .*(ECONNRESET|closed)/,
      },
    ],
    [
      'endless 500',
      {
        mode: { status: 500, body: 'disk full' },
        requests: 6,
        status: 500,
        message: /answered with 500 \(6 attempts in .*\): disk full$/,
        hint: /log of the gateway/,
      },
    ],
    [
      '503',
      {
        mode: { status: 503 },
        requests: 6,
        status: 503,
        message: /answered with 503 \(6 attempts in [\d.]+ s\)$/,
      },
    ],
    [
      '429',
      {
        mode: { status: 429, body: 'slow down' },
        requests: 6,
        status: 429,
        message: /429 .*: slow down/,
        hint: /less often/,
      },
    ],
    [
      '400',
      {
        mode: { status: 400, body: 'text format parsing error in line 1: \u001b[31mfoo\nbar' },
        requests: 1,
        status: 400,
        message: /answered with 400: text format parsing error in line 1: \[31mfoo bar$/,
      },
    ],
    [
      '400, endless',
      {
        mode: { status: 400, body: 'it is bad', endless: true },
        options: short,
        requests: 1,
        status: 400,
        message: /answered with 400: it is bad$/,
      },
    ],
    [
      '401',
      {
        mode: { status: 401, body: 'Unauthorized\n' },
        requests: 1,
        status: 401,
        message: /answered with 401: Unauthorized$/,
        hint: /password/,
      },
    ],
    [
      '403',
      {
        mode: { status: 403 },
        requests: 1,
        status: 403,
        message: /answered with 403$/,
        hint: /password/,
      },
    ],
    [
      '404',
      {
        mode: { status: 404, body: 'nope' },
        requests: 1,
        status: 404,
        message: /404: nope/,
        hint: /path prefix/,
      },
    ],
    ['413', { mode: { status: 413 }, requests: 1, status: 413, message: /answered with 413$/ }],
    [
      '301',
      {
        mode: { status: 301, headers: { location: '/other' } },
        requests: 1,
        status: 301,
        message: /answered with 301: it points to \/other$/,
        hint: /not followed/,
      },
    ],
    [
      '307',
      {
        mode: { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
        requests: 1,
        status: 307,
        message: /answered with 307: it points to http:\/\/127.0.0.1:1\/$/,
      },
    ],
    ['304', { mode: { status: 304 }, requests: 1, status: 304, message: /answered with 304$/ }],
    [
      'garbage',
      {
        mode: 'garbage',
        requests: 6,
        message: /failed \(6 attempts .*\): .*HTTP/,
        hint: /is this URL a Pushgateway/,
      },
    ],
    [
      'no headers',
      {
        mode: 'no headers',
        options: short,
        requests: 3,
        message: /failed \(3 attempts in .*\): no answer within 0.15 s$/,
      },
    ],
    [
      'endless body',
      {
        mode: 'endless body',
        options: short,
        requests: 3,
        message: /failed \(3 attempts in .*\): no end of the answer within 0.15 s$/,
      },
    ],
    [
      'flood',
      {
        mode: 'flood',
        requests: 6,
        message: /failed \(6 attempts in .*\): the answer is longer than 65536 bytes$/,
      },
    ],
    ['slow', { mode: 'slow', options: short, requests: 3, message: /no answer within 0.15 s$/ }],
  ];
  test.each(cases)('%s', async (_, { mode, options, requests, message, hint, status }) => {
    const gateway = await startFaultyGateway({ mode, delayMs: 2000 });
    const client = testClient(gateway.url, options);
    const error = await failureOf(client.put(KEY, BODY));
    expect(error.message).toMatch(message);
    const start = `push of {job="chatapi",instance="a"} at ${gateway.url} `;
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.message).not.toContain('\n');
    if (hint) expect(error.hint).toMatch(hint);
    expect(error.status).toBe(status);
    expect(error.attempts).toBe(requests);
    expect(error.exitCode).toBe(1);
    expect(gateway.requests).toHaveLength(requests);
    expect(new Set(gateway.requests.map(({ body }) => body.toString()))).toEqual(new Set([BODY]));

    // And it is usable afterwards.
    gateway.mode('ok');
    expect(await client.put(KEY, BODY)).toMatchObject({ attempts: 1, bytes: BODY.length });
  });
});

test('refused', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const error = await failureOf(testClient(url).put(KEY, BODY));
  expect(error.message).toContain('(6 attempts in ');
  expect(error.message).toContain(`connect ECONNREFUSED ${url.slice('http://'.length)}`);
  expect(error.hint).toBe('is a Pushgateway running there?');
  const local = url.replace('127.0.0.1', 'localhost');
  expect((await failureOf(testClient(local).list())).message).toContain('connect ECONNREFUSED');
});

test('a name that does not exist', async () => {
  const client = testClient('http://does-not-exist.invalid:9091', { retries: 0 });
  const error = await failureOf(client.put(KEY, BODY));
  expect(error.message).toMatch(/does-not-exist\.invalid/);
  expect(error.hint).toBe('check the host name');
});

test('all methods retry, and a success after failures counts them', async () => {
  const gateway = await startFaultyGateway();
  const client = testClient(gateway.url);
  const fail: FaultyMode[] = ['reset', { status: 503 }, { status: 429 }, 'garbage'];
  for (const call of [
    () => client.put(KEY, BODY),
    () => client.post(KEY, BODY),
    () => client.delete(KEY),
  ]) {
    gateway.mode(...fail, 'ok');
    expect((await call()).attempts).toBe(5);
  }
  gateway.mode(...fail, { status: 200, body: '{"status":"success","data":[]}' });
  expect((await client.list()).groups).toEqual([]);
  expect(gateway.requests).toHaveLength(20);
});

test('connections that are closed after each reply cost no more than a retry', async () => {
  const gateway = await startFaultyGateway({ mode: 'close after reply' });
  const client = testClient(gateway.url);
  for (let i = 0; i < 20; i++) await client.put(KEY, BODY);
  expect(gateway.requests.length).toBeGreaterThanOrEqual(20);
});

test('the wait grows with full jitter', async () => {
  const slept: number[] = [];
  const gateway = await startFaultyGateway({ mode: { status: 500 } });
  const client = testClient(gateway.url, {
    random: () => 0.5,
    clock: { ...clock, sleep: async (ms) => void slept.push(ms) },
    totalTimeoutMs: 60_000,
  });
  await failureOf(client.put(KEY, BODY));
  expect(slept).toEqual([125, 250, 500, 1000, 2000]);
});

describe('Retry-After', () => {
  test('in seconds', async () => {
    const gateway = await startFaultyGateway();
    gateway.mode({ status: 503, headers: { 'Retry-After': '1' } }, 'ok');
    await testClient(gateway.url).put(KEY, BODY);
    const [first, second] = gateway.requests;
    expect(second!.at - first!.at).toBeGreaterThan(990);
  });

  test('as a date, by the clock of the gateway', async () => {
    const gateway = await startFaultyGateway();
    const headers = {
      Date: 'Mon, 02 Mar 2026 00:00:10 GMT',
      'Retry-After': 'Mon, 02 Mar 2026 00:00:11 GMT',
    };
    gateway.mode({ status: 429, headers }, 'ok');
    await testClient(gateway.url).put(KEY, BODY);
    const [first, second] = gateway.requests;
    expect(second!.at - first!.at).toBeGreaterThan(990);
    expect(second!.at - first!.at).toBeLessThan(10_000);
  });

  test('beyond the total time: not waited for', async () => {
    const gateway = await startFaultyGateway();
    gateway.mode({ status: 503, headers: { 'Retry-After': '3600' }, body: 'busy' });
    const client = testClient(gateway.url);
    const error = await failureOf(client.put(KEY, BODY));
    expect(error.message).toMatch(/answered with 503 \(it asks for a pause of 3600 s\): busy$/);
    expect(gateway.requests).toHaveLength(1);
  });
});

describe('the total time', () => {
  test('bounds attempts that hang', async () => {
    const gateway = await startFaultyGateway({ mode: 'no headers' });
    const options = { timeoutMs: 400, totalTimeoutMs: 1000, retries: 100 };
    const client = testClient(gateway.url, options);
    expect(await secondsOf(client.put(KEY, BODY))).toBeLessThan(1.5);
    expect(gateway.requests).toHaveLength(3);
  });

  test('bounds the waits', async () => {
    const gateway = await startFaultyGateway({ mode: { status: 500 } });
    const client = testClient(gateway.url, {
      ...{ random: () => 1, totalTimeoutMs: 1000, retries: 100 },
    });
    // 250 + 500 ms, and 1000 more would be too long.
    expect(await secondsOf(client.put(KEY, BODY))).toBeLessThan(1.5);
    expect(gateway.requests).toHaveLength(3);
  });

  test('of those who wait for a connection to a gateway that answers nobody', async () => {
    const gateway = await startFaultyGateway({ mode: 'no headers' });
    const client = testClient(gateway.url, {
      ...{ concurrency: 2, timeoutMs: 100, totalTimeoutMs: 300 },
    });
    const start = performance.now();
    const errors = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        failureOf(client.put({ job: 'a', labels: { instance: `${i}` } }, BODY)),
      ),
    );
    expect(performance.now() - start).toBeLessThan(2000);
    expect(gateway.requests.length).toBeLessThan(20);
    const last = errors.filter((error) => error.attempts === 0);
    expect(last.length).toBeGreaterThan(30);
    expect(last[0]?.message).toMatch(/failed: it answered nobody for 0\.3 s$/);
  });

  test('does not run for those who wait for a connection to a slow gateway', async () => {
    const gateway = await startFaultyGateway({ mode: 'slow', delayMs: 100 });
    const client = testClient(gateway.url, {
      ...{ concurrency: 2, timeoutMs: 250, totalTimeoutMs: 300 },
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        client.put({ job: 'a', labels: { instance: `${i}` } }, BODY),
      ),
    );
    expect(gateway.requests).toHaveLength(20);
    expect(gateway.peak()).toBe(2);
    expect(gateway.connections()).toBe(2);
  });
});

describe('an abort ends everything promptly', () => {
  const stopped = async (mode: FaultyMode, concurrency = 8) => {
    const gateway = await startFaultyGateway({ mode });
    const client = testClient(gateway.url, { concurrency, random: () => 1, retries: 50 });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Promise.all([1, 2, 3].map(() => failureOf(client.put(KEY, BODY, { signal }))));
    setTimeout(() => controller.abort(), 300);
    const start = performance.now();
    const errors = await calls;
    expect(performance.now() - start).toBeLessThan(1500);
    for (const error of errors) {
      expect(error.aborted).toBe(true);
      expect(error.message).toBe(
        `push of {job="chatapi",instance="a"} at ${gateway.url} was stopped`,
      );
    }
    return { gateway, client };
  };

  test('while there is no answer', async () => {
    await stopped('no headers');
  });
  test('while the answer does not end', async () => {
    await stopped('endless body');
  });
  test('while a refusal does not end', async () => {
    await stopped({ status: 400, endless: true, body: 'because' });
  });
  test('while waiting for a retry', async () => {
    await stopped({ status: 503, headers: { 'Retry-After': '20' } });
  });
  test('while waiting for a connection; the client stays usable', async () => {
    const { gateway, client } = await stopped('no headers', 1);
    expect(gateway.requests).toHaveLength(1);
    gateway.mode('ok');
    expect((await client.put(KEY, BODY)).attempts).toBe(1);
  });
  test('before it began', async () => {
    const gateway = await startFaultyGateway();
    const signal = AbortSignal.abort();
    const error = await failureOf(testClient(gateway.url).put(KEY, BODY, { signal }));
    expect(error.aborted).toBe(true);
    expect(gateway.requests).toEqual([]);
  });
  test('close() does the same', async () => {
    const gateway = await startFaultyGateway({ mode: 'no headers' });
    const client = testClient(gateway.url, { concurrency: 1 });
    const calls = Promise.all([1, 2].map(() => failureOf(client.put(KEY, BODY))));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    await client.close();
    expect((await calls).map(({ aborted }) => aborted)).toEqual([true, true]);
    expect((await failureOf(client.put(KEY, BODY))).aborted).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
  });
  test('close() during a wait for a retry', async () => {
    const gateway = await startFaultyGateway({
      mode: { status: 503, headers: { 'Retry-After': '20' } },
    });
    const client = testClient(gateway.url);
    const call = failureOf(client.put(KEY, BODY));
    setTimeout(() => client.close(), 200);
    expect(await secondsOf(call)).toBeLessThan(1.5);
    expect((await call).aborted).toBe(true);
  });
});

test('gzip where it helps: never on loopback unless told, never for an empty body', async () => {
  const { gunzipSync } = await import('node:zlib');
  const gateway = await startFaultyGateway();
  const long = 'some_value 1\n'.repeat(500);
  for (const gzip of ['auto', 'never', 'always'] as const) {
    const receipt = await testClient(gateway.url, { gzip }).put(KEY, long);
    const { headers, body } = gateway.requests.at(-1)!;
    expect(headers['content-encoding']).toBe(gzip === 'always' ? 'gzip' : undefined);
    expect((gzip === 'always' ? gunzipSync(body) : body).toString()).toBe(long);
    expect(receipt.bytes).toBe(body.length);
  }
  const always = testClient(gateway.url, { gzip: 'always' });
  await always.put(KEY, '');
  await always.delete(KEY);
  for (const { headers } of gateway.requests.slice(-2)) {
    expect(headers['content-encoding']).toBeUndefined();
  }
});

test('a body that cannot be rendered is not a failure of the gateway', async () => {
  const gateway = await startFaultyGateway();
  const client = testClient(gateway.url, { concurrency: 1 });
  const render = () => {
    throw new RangeError('a bug');
  };
  await expect(client.put(KEY, render)).rejects.toThrow(RangeError);
  expect((await client.put(KEY, BODY)).attempts).toBe(1);
});

test('2,000 calls share one signal, without a warning', async () => {
  const warnings: Error[] = [];
  const listener = (warning: Error) => void warnings.push(warning);
  process.on('warning', listener);
  const gateway = await startFaultyGateway();
  const client = testClient(gateway.url);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 2000 }, () => client.put(KEY, BODY, { signal })));
  process.off('warning', listener);
  expect(gateway.requests).toHaveLength(2000);
  expect(gateway.peak()).toBeLessThanOrEqual(8);
  expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
});
