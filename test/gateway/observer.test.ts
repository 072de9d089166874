import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { RequestEntry } from '../../src/gateway/observer.js';
import type { GatewayOptions } from '../../src/gateway/server.js';
import { until } from '../support/processes.js';
import { testGateway } from './gateways.js';
import { exchangeBytes, rawRequest } from './raw-http.js';

async function observed(options: GatewayOptions = {}) {
  const entries: RequestEntry[] = [];
  const gateway = await testGateway({ ...options, onRequest: (entry) => entries.push(entry) });
  /** The next entries, without what differs from run to run. */
  const next = async (n = 1) => {
    await until(`${n} entries`, () => entries.length >= n);
    return entries.splice(0).map(({ ms, bytesIn, bytesOut, ...entry }) => {
      expect([ms >= 0, bytesIn >= 0, bytesOut >= 0]).toEqual([true, true, true]);
      return entry;
    });
  };
  const send = (text: string, end = false) =>
    exchangeBytes(gateway.port, Buffer.from(text, 'latin1'), end);
  return { ...gateway, entries, next, send };
}

describe('an observer is told', () => {
  test('of each request, once, when it is answered', async () => {
    const { port, next } = await observed({ limits: { bodyBytes: 100 } });
    const put = (path: string, body: string | Buffer, headers = {}) =>
      rawRequest(port, 'PUT', path, body, headers);
    await put('/metrics/job/a', 'x 1\n');
    expect(await next()).toEqual([{ method: 'PUT', path: '/metrics/job/a', status: 200 }]);
    await put('/metrics/job/a', 'x 1 1\n');
    await put('/metrics/job/a', 'v'.repeat(200));
    await put('/metrics/job/a', gzipSync('x 1\n').subarray(0, 15), { 'Content-Encoding': 'gzip' });
    await rawRequest(port, 'GET', '/metrics?token=hush');
    await rawRequest(port, 'GET', 'http://user:hush@host/nope');
    await rawRequest(port, 'DELETE', '/metrics/job/a');
    const path = '/metrics/job/a';
    const inconsistent = 'pushed metrics are invalid or inconsistent with existing metrics';
    expect(await next(6)).toEqual([
      {
        method: 'PUT',
        path,
        status: 400,
        reason: `${inconsistent}: pushed metrics must not have timestamps`,
      },
      {
        method: 'PUT',
        path,
        status: 413,
        reason: "the body is larger than this gateway's limit of 100 bytes",
      },
      { method: 'PUT', path, status: 400, reason: 'unexpected EOF' },
      { method: 'GET', path: '/metrics', status: 200 },
      { method: 'GET', path: '/nope', status: 404, reason: '404 page not found' },
      { method: 'DELETE', path, status: 202 },
    ]);
  });

  test('of the bytes of each, on a connection of several', async () => {
    const { port, entries } = await observed();
    const request = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nx 1\n';
    const socket = connect(port, '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk) => {
      answers += chunk;
    });
    for (const n of [1, 2, 3]) {
      socket.write(request);
      await until('an answer', () => entries.length === n);
    }
    socket.destroy();
    expect(entries.map(({ bytesIn }) => bytesIn)).toEqual(entries.map(() => request.length));
    expect(entries.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(answers.length);
  });

  test('of nothing that a terminal would obey', async () => {
    const { port, next } = await observed();
    await rawRequest(port, 'PUT', '/metrics/job/a/l/%1b', 'x{l="\x1b[2J\xe2\x80\xae"} 1\nx 1\n');
    await rawRequest(
      port,
      'PUT',
      '/metrics/job/b',
      'x{l="\x1b[2J\xe2\x80\xae"} 1\nx{l="\x1b[2J\xe2\x80\xae"} 1\n',
    );
    const entries = await next(2);
    expect(JSON.stringify(entries)).not.toMatch(/\p{C}/u);
    expect(entries[1]?.reason).toContain('l="\\u001b[2J\\u202e"');
  });

  test('of what is no request', async () => {
    const { send, next } = await observed({
      limits: { headerBytes: 1000 },
      timeouts: { requestMs: 100 },
    });
    await send('hello\r\n\r\n');
    expect(await next()).toEqual([{ status: 400, reason: 'Bad Request' }]);
    await send(`GET / HTTP/1.1\r\nHost: ${'a'.repeat(2000)}\r\n\r\n`);
    expect(await next()).toEqual([{ status: 431, reason: 'Request Header Fields Too Large' }]);
    await send('GET / HTTP/1.1\r\n');
    expect(await next()).toEqual([{ status: 408, reason: 'Request Timeout' }]);
  });

  test('of a request that did not come to its end: what it was answered, or that it was gone', async () => {
    const { send, next } = await observed({ timeouts: { requestMs: 100 } });
    const head = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\n';
    const entry = { method: 'PUT', path: '/metrics/job/a' };
    await send(`${head}Content-Length: 9\r\n\r\nx`);
    expect(await next()).toEqual([{ ...entry, status: 408, reason: 'Request Timeout' }]);
    await send(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`);
    expect(await next()).toEqual([{ ...entry, status: 400, reason: 'Bad Request' }]);
    const { port, entries } = await observed();
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${head}Content-Length: 9\r\n\r\nx`),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await until('an entry', () => entries.length === 1);
    expect(entries[0]).toMatchObject(entry);
    expect(entries[0]).not.toHaveProperty('status');
  });

  test('of an answer that nobody took to its end', async () => {
    const { port, entries } = await observed();
    const body = Array.from({ length: 20_000 }, (_, i) => `x{l="${i}",m="${'v'.repeat(300)}"} 1\n`);
    await rawRequest(port, 'PUT', '/metrics/job/a', body.join(''));
    await until('the push', () => entries.length === 1);
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
    socket.destroy();
    await until('the scrape', () => entries.length === 2);
    expect(entries[1]).toMatchObject({
      ...{ method: 'GET', path: '/metrics', status: 200 },
      reason: 'the connection was gone before the answer was whole',
    });
  });

  test('of connections beyond the limit', async () => {
    const { port, next } = await observed({ limits: { connections: 1 } });
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await rawRequest(port, 'GET', '/metrics').catch(() => {});
    expect(await next()).toEqual([{ reason: 'more than 1 connections' }]);
    socket.destroy();
  });
});

test('an observer that fails harms no answer', async () => {
  const onRequest = () => {
    throw new Error('an observer’s own mistake');
  };
  const { port } = await testGateway({ onRequest, timeouts: { requestMs: 100 } });
  expect((await rawRequest(port, 'PUT', '/metrics/job/a', 'x 1\n')).status).toBe(200);
  await exchangeBytes(port, Buffer.from('hello\r\n\r\n'));
  expect((await rawRequest(port, 'GET', '/metrics')).status).toBe(200);
});
