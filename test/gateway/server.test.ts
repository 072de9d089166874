import { getMaxListeners } from 'node:events';
import { networkInterfaces } from 'node:os';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../../src/gateway/server.js';
import type { GroupingKey } from '../../src/pushgateway/grouping-key.js';
import { seriesOf } from '../../src/pushgateway/series.js';
import { seriesId } from '../../src/series.js';
import { testClient } from '../pushgateway/clients.js';
import { needs, startPrometheus } from '../support/servers.js';
import { clock, stateOf, testGateway } from './gateways.js';
import { exchangeBytes, parseAnswer, rawRequest } from './raw-http.js';

describe('with our own client', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 6 });
  const keys = fc.record({
    job: text.filter((job) => job !== ''),
    labels: fc.dictionary(fc.constantFrom('instance', 'a', 'b'), text, { noNullPrototype: true }),
  });
  const number = fc.oneof(
    fc.double({ noNaN: true }).map((x) => x + 0),
    fc.integer(),
  );

  test('what is listed is what was pushed', async () => {
    const { url } = await testGateway();
    const client = testClient(url);
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.dictionary(text, number, { minKeys: 1, noNullPrototype: true }),
        fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
        async (key: GroupingKey, values, counts) => {
          const pushed = new Map(
            Object.entries(values).map(([l, value]) => [seriesId('x_total', { l }), value]),
          );
          for (const [i, le] of ['0.1', '1000000', '+Inf'].entries()) {
            pushed.set(`h_bucket{le="${le}"}`, counts[i]!);
          }
          pushed.set('h_sum', counts[3]!).set('h_count', counts[2]!);
          const lines = [...pushed].map(([id, value]) =>
            `${id} ${value}\n`.replace('Infinity', 'Inf'),
          );
          await client.put(key, `# TYPE h histogram\n# TYPE x_total counter\n${lines.join('')}`);
          const { groups, unreadable } = await client.list();
          expect(unreadable).toEqual([]);
          expect(groups.map((group) => group.key)).toEqual([key]);
          expect(seriesOf(groups[0]!)).toEqual(pushed);
          await client.delete(key);
          expect((await client.list()).groups).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('times are those of the clock', async () => {
    const { url } = await testGateway({ clock: { now: () => 1_700_000_000_123 } });
    const client = testClient(url);
    await client.put({ job: 'a', labels: {} }, 'x 1\n');
    await client.put({ job: 'a', labels: {} }, 'x 1 1\n').catch(() => {});
    const [group] = (await client.list()).groups;
    expect(group?.pushTime).toBe(1_700_000_000.123);
    // Later than the push, though the clock stood still.
    expect(group?.failureTime).toBeCloseTo(1_700_000_000.123001, 6);
  });
});

describe('starting and closing', () => {
  test('several at once have nothing in common', async () => {
    const [a, b] = await Promise.all([testGateway(), testGateway()]);
    expect(a!.port).not.toBe(b!.port);
    await rawRequest(a!.port, 'PUT', '/metrics/job/a', 'x 1\n');
    expect((await stateOf(a!.port)).groups).toHaveLength(1);
    expect((await stateOf(b!.port)).groups).toEqual([]);
  });

  test('a port that is taken is an error that says so', async () => {
    const { port } = await testGateway();
    await expect(startGateway({ clock, port })).rejects.toMatchObject({
      name: 'RagmonError',
      message: `the gateway cannot listen on 127.0.0.1:${port}: EADDRINUSE: address already in use`,
      hint: 'port 0 takes any that is free',
      exitCode: 1,
    });
  });

  test.each(['no.such.host.invalid', '192.0.2.123', '2001:db8::1'])(
    'an address of another machine is an error that says so: %s',
    async (host) => {
      await expect(startGateway({ clock, host })).rejects.toMatchObject({
        name: 'RagmonError',
        message: expect.stringMatching(/^the gateway cannot listen on \S+:0: .*E[A-Z]/),
        hint: 'it must be an address of this machine, such as 127.0.0.1',
      });
    },
  );

  test.each(['a b', '/a//b', '/../a', '/a?b', '/%2e'])('no prefix %s', async (routePrefix) => {
    await expect(startGateway({ clock, routePrefix })).rejects.toThrow('not a route prefix');
  });

  test.each<[object, string]>([
    ...[Number.NaN, 0, -1, 1.5, Infinity, '7', null].flatMap((value): [object, string][] => [
      [{ limits: { groups: value } }, `limits.groups: ${value} is not a whole number from 1 `],
      [{ timeouts: { idleMs: value } }, `timeouts.idleMs: ${value} is not a whole number from 1 `],
    ]),
    [{ timeouts: { closeMs: 2 ** 31 } }, 'timeouts.closeMs: 2147483648 is not a whole number'],
    [{ port: 70_000 }, 'port: 70000 is not a whole number from 0 to 65535'],
    [{ port: 1.5 }, 'port: 1.5 is not a whole number'],
    [{ routePrefix: 7 }, 'not a route prefix: 7'],
    [{ persistence: { file: 'x', intervalMs: 0 } }, 'persistence.intervalMs: 0 is not'],
  ])('%j is wrong usage', async (options, message) => {
    const failed = startGateway({ clock, ...options });
    await expect(failed).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 });
    await expect(failed).rejects.toThrow(message);
  });

  test('undefined means the default', async () => {
    const { port } = await testGateway({
      limits: { headerBytes: undefined, labels: undefined, bodyBytes: 8 } as object,
      timeouts: { requestMs: undefined } as object,
    });
    const put = async (body: string) => await rawRequest(port, 'PUT', '/metrics/job/a', body);
    const pairs = Array.from({ length: 65 }, (_, i) => `/l${i}/v`).join('');
    expect((await put('x 1\n')).status).toBe(200);
    expect((await put('x 1.000000\n')).status).toBe(413);
    expect((await rawRequest(port, 'PUT', `/metrics/job/a${pairs}`, 'x 1\n')).status).toBe(400);
  });

  test('close frees the port, answers what is under way, and can be called twice', async () => {
    const gateway = await testGateway();
    const idle = fetch(`${gateway.url}/metrics`); // Keeps its connection.
    expect((await idle).status).toBe(200);
    await Promise.all([gateway.close(), gateway.close()]);
    await expect(fetch(gateway.url)).rejects.toThrow();
    const again = await testGateway({ port: gateway.port });
    expect(again.port).toBe(gateway.port);
  });

  test('close does not wait for one who never ends', async () => {
    const gateway = await testGateway({ timeouts: { closeMs: 50 } });
    const head = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx';
    const hanging = exchangeBytes(gateway.port, Buffer.from(head)).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 30));
    await gateway.close();
    await hanging;
  });

  test.each([
    ['that is slowly read', 0],
    ['that is packed', 1],
  ])('close sends a scrape %s to its end, and does not wait longer', async (_, packed) => {
    const { port, close } = await testGateway({ timeouts: { closeMs: 600_000 } });
    const body = Array.from({ length: 20_000 }, (_, i) => `x{l="${i}",m="${'v'.repeat(200)}"} 1\n`);
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', body.join(''))).status).toBe(200);
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1').pause();
    const chunks: Buffer[] = [];
    const ended = new Promise((resolve) => socket.on('close', resolve));
    // The connection would be kept for a next request.
    socket.write(
      `GET /metrics HTTP/1.1\r\nHost: a\r\n${packed ? 'Accept-Encoding: gzip\r\n' : ''}\r\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    socket.on('data', (chunk) => chunks.push(chunk)).resume();
    await closed;
    await ended;
    const { body: answer } = parseAnswer(Buffer.concat(chunks));
    const text = packed ? gunzipSync(Buffer.from(answer, 'latin1')).toString() : answer;
    expect(text.match(/^x\{/gm)).toHaveLength(20_000);
    expect(Buffer.concat(chunks).subarray(-5).toString()).toBe('0\r\n\r\n');
  });

  test('answers that are due, and those that wait to be read, are not cut off by close', async () => {
    const { port, close } = await testGateway({ timeouts: { closeMs: 600_000 } });
    const body = Array.from({ length: 400 }, (_, i) => `x${i} 1\n`).join('');
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', body)).status).toBe(200);
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1').pause();
    const chunks: Buffer[] = [];
    // More answers than the system takes for a reader that does not read.
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    const closed = close();
    socket.on('data', (chunk) => chunks.push(chunk)).resume();
    await closed;
    await ended;
    const text = Buffer.concat(chunks).toString();
    expect(text.match(/^HTTP\/1.1 200 OK/gm)).toHaveLength(1000);
    expect(text.slice(-5)).toBe('0\r\n\r\n');
  });

  test('a signal between listening and the return is not missed', async () => {
    const stop = new AbortController();
    const starting = startGateway({ clock, signal: stop.signal });
    stop.abort();
    await expect(starting).rejects.toThrow('the gateway was stopped before it was started');
  });

  test('every interface, by an empty host or the unspecified address', async () => {
    for (const host of ['', '0.0.0.0']) {
      const gateway = await testGateway({ host });
      expect(gateway.url).toBe(`http://127.0.0.1:${gateway.port}`);
      expect(gateway.host).toMatch(/^(::|0\.0\.0\.0)$/);
      expect((await fetch(`${gateway.url}/-/ready`)).status).toBe(200);
    }
  });

  const linkLocal = Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.filter(({ address }) => address.startsWith('fe80:')).map((one) => [one.address, name]),
  )[0];

  test.skipIf(!linkLocal)('a URL has no zone', async () => {
    const [address, zone] = linkLocal ?? [];
    const { url, host, port } = await testGateway({ host: `${address}%${zone}` });
    expect([url, host]).toEqual([`http://[${address}]:${port}`, `${address}%${zone}`]);
    expect(new URL(url).port).toBe(String(port));
  });

  test('one signal may close many, and is left as it was', async () => {
    const stop = new AbortController();
    const before = getMaxListeners(stop.signal);
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const all = await Promise.all(
      Array.from({ length: 12 }, () => testGateway({ signal: stop.signal })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect([warnings, getMaxListeners(stop.signal)]).toEqual([[], before]);
    stop.abort();
    await Promise.all(all.map(({ close }) => close()));
    for (const { url } of all) await expect(fetch(url)).rejects.toThrow();
  });

  test('a signal closes it, or keeps it from starting', async () => {
    const stop = new AbortController();
    const { url } = await testGateway({ signal: stop.signal });
    stop.abort();
    await expect(fetch(url)).rejects.toThrow();
    await expect(startGateway({ clock, signal: stop.signal })).rejects.toThrow('stopped');
  });
});

describe('safety', () => {
  const PUT = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';

  test.each([
    ['a length that is not reached', `${PUT}Content-Length: 8\r\n\r\nx 1\n`],
    ['chunks without an end', `${PUT}Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n\r\n`],
    ['half a chunk', `${PUT}Transfer-Encoding: chunked\r\n\r\n8\r\nx 1\n`],
  ])('nothing is stored of %s', async (_, request) => {
    const { port } = await testGateway();
    await exchangeBytes(port, Buffer.from(request), true).catch(() => {});
    expect((await stateOf(port)).groups).toEqual([]);
  });

  test('limits answer 4xx, and the gateway goes on', async () => {
    const { port } = await testGateway({
      limits: { bodyBytes: 1000, headerBytes: 2000, groups: 1, labels: 2 },
    });
    const put = (body: string | Buffer, headers?: Record<string, string>, path = 'a') =>
      rawRequest(port, 'PUT', `/metrics/job/${path}`, body, headers);
    const long = `x{a="${'v'.repeat(2000)}"} 1\n`;
    const chunked = { 'Transfer-Encoding': 'chunked', 'Content-Length': '' };
    expect((await put('x 1\n')).status).toBe(200);
    const before = await stateOf(port);
    expect(await put(long)).toMatchObject({
      status: 413,
      body: "the body is larger than this gateway's limit of 1000 bytes\n",
    });
    expect((await put(`7da\r\n${long.slice(0, 2010)}\r\n0\r\n\r\n`, chunked)).status).toBe(413);
    const bomb = gzipSync('x 1\n'.repeat(100_000));
    expect((await put(bomb, { 'Content-Encoding': 'gzip' })).status).toBe(413);
    expect((await put('x 1\n', { 'X-Long': 'v'.repeat(3000) })).status).toBe(431);
    expect((await put('x 1\n', {}, 'v'.repeat(3000))).status).toBe(431);
    expect((await put('x{a="",b="",c=""} 1\n')).status).toBe(400);
    expect(await put('x 1\n', {}, 'b')).toMatchObject({
      status: 422,
      body: "the push would exceed this gateway's limit of 1 groups\n",
    });
    expect(await stateOf(port)).toEqual(before);
  });

  test('what a group would hold is known before it is made', async () => {
    const { port } = await testGateway();
    // As it is, or as text of its own for each series, 120 bytes or 600 MB.
    const body = Array.from({ length: 10_000 }, (_, i) => `x{l="${i}"} 1\n`).join('');
    const path = `/metrics/job/${'j'.repeat(60_000)}`;
    const before = process.memoryUsage().rss;
    expect(await rawRequest(port, 'PUT', path, body)).toMatchObject({
      status: 422,
      body: "the push would exceed this gateway's limit of 134217728 bytes of metrics in one group\n",
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    const labels = Array.from({ length: 64 }, (_, i) => `/l${i}/v`).join('');
    expect(await rawRequest(port, 'PUT', `/metrics/job/a${labels}`, 'x 1\n')).toMatchObject({
      status: 400,
      body: 'more than 64 labels in the path\n',
    });
    expect((await stateOf(port)).groups).toEqual([]);
  });

  test('a group is never too large to be listed', { timeout: 60_000 }, async () => {
    const { port } = await testGateway();
    // In JSON six times as long.
    const value = '\x01'.repeat(16_000_000);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const body = `x${i}{l="${value}"} 1\n`;
      statuses.push((await rawRequest(port, 'POST', '/metrics/job/a', body)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 422]);
    const answer = await exchangeBytes(
      port,
      Buffer.from('GET /api/v1/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
    );
    expect(answer.length).toBeGreaterThan(4 * 6 * 16_000_000);
    expect(answer.subarray(-5).toString()).toBe('0\r\n\r\n');
  });

  test('requests in one packet are answered in turn, and so many only', async () => {
    const { port } = await testGateway();
    const put = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nx 1\n';
    const get = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';
    const last = 'GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const [before, after] = String(
      await exchangeBytes(port, Buffer.from(`${get}${put}${last}`)),
    ).split('Content-Length: 0');
    expect(before).not.toContain('job="a"');
    expect(after).toContain('x{instance="",job="a"} 1');

    const many = String(await exchangeBytes(port, Buffer.from(get.repeat(1100) + last)));
    expect(many.match(/^HTTP\/1.1 200 OK/gm)).toHaveLength(1001);
    expect(many.match(/^HTTP\/1.1 429 /gm)).toHaveLength(1);
  });

  test('an answer that is due comes before that to what is no HTTP', async () => {
    const { port } = await testGateway();
    const put = 'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nx 1\n';
    const get = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';
    const broken =
      'PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    for (const [end, statuses] of [
      ['GARBAGE\r\n\r\n', ['200', '200', '200', '400']],
      [broken, ['200', '200', '200', '400']],
      [`${broken}${'GARBAGE'.repeat(20_000)}`, ['200', '200', '200', '400']],
    ] as const) {
      const bytes = Buffer.from(`${put}${get}${put}${end}`);
      const text = String(await exchangeBytes(port, bytes));
      expect([...text.matchAll(/^HTTP\/1.1 (\d+)/gm)].map(([, status]) => status)).toEqual(
        statuses,
      );
      expect(text).toContain('\n0\r\n\r\nHTTP/1.1 200 OK');
      expect(text).toMatch(/\r\n\r\n400 Bad Request$/);
    }
  });

  test('what is no HTTP after an answer that was read is refused too', async () => {
    const { port } = await testGateway();
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.write('GET /-/ready HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.on('data', (chunk) => {
      if (text === '') socket.write('GARBAGE\r\n\r\n');
      text += chunk;
    });
    await ended;
    expect(text).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\r\n\r\nOKHTTP\/1.1 400 Bad Request\r\n/);
  });

  test('nothing is written into an answer that has begun', async () => {
    const { port } = await testGateway();
    const body = Array.from({ length: 40_000 }, (_, i) => `x{l="${i}",m="${'v'.repeat(200)}"} 1\n`);
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', body.join(''))).status).toBe(200);
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1').pause();
    const chunks: Buffer[] = [];
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.write('GARBAGE\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.on('data', (chunk) => chunks.push(chunk)).resume();
    await ended;
    const text = Buffer.concat(chunks).toString();
    expect(text.match(/x\{/g)).toHaveLength(40_000);
    expect(text).toMatch(/\r\n0\r\n\r\nHTTP\/1.1 400 Bad Request\r\n[^{]*400 Bad Request$/);
  });

  test('a slow request is cut off', async () => {
    const { port } = await testGateway({ timeouts: { requestMs: 100 } });
    const slow = await exchangeBytes(port, Buffer.from(`${PUT}Content-Length: 8\r\n\r\nx`));
    expect(parseAnswer(slow).status).toBe(408);
  });

  test.each([
    ['\r\n\r\n\r\n', undefined],
    ['hello\r\n\r\n', 400],
    ['GET /metrics HTTP/1.1\r\n\r\n', 400],
    ['GET /metrics HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    ['PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400],
    [`${PUT}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    [`${PUT}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', undefined],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ])('%j is no request', async (request, status) => {
    const { port } = await testGateway();
    const answer = await exchangeBytes(port, Buffer.from(request, 'latin1'), true);
    if (status) expect(parseAnswer(answer).status).toBe(status);
    expect((await rawRequest(port, 'GET', '/-/healthy')).status).toBe(200);
  });

  test('a scrape that is not read to its end harms nobody', async () => {
    const { port } = await testGateway({ timeouts: { answerMs: 100 } });
    const body = Array.from({ length: 20_000 }, (_, i) => `x{l="${i}",m="${'v'.repeat(200)}"} 1\n`);
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', body.join(''))).status).toBe(200);
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.pause().write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', 'y 1\n')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 400));
    socket.resume();
    await closed;
    expect((await stateOf(port)).lines.join('\n')).toContain('y{instance="",job="a"} 1');
  });

  describe('scrapes that nobody reads', () => {
    const LINES = 10_000;
    const body = Array.from({ length: LINES }, (_, i) => `x{l="${i}",m="${'v'.repeat(900)}"} 1\n`);

    async function unread(path: string, each: (port: number) => Promise<unknown>) {
      const { port } = await testGateway();
      expect((await rawRequest(port, 'PUT', '/metrics/job/a', body.join(''))).status).toBe(200);
      const { connect } = await import('node:net');
      const sockets = [];
      for (let i = 0; i < 20; i++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {}).write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        // Its answer has begun; no more of it is read.
        await new Promise((resolve) => socket.once('readable', resolve));
        await each(port);
        sockets.push(socket);
      }
      const fresh = await rawRequest(port, 'GET', path);
      expect(fresh.status).toBe(200);
      expect(fresh.body.match(/v{900}/g)).toHaveLength(LINES);
      return await Promise.all(
        sockets.map(async (socket) => {
          let end = '';
          return await new Promise<boolean>((resolve) => {
            socket
              .on('close', () => resolve(false))
              .on('data', (chunk) => {
                end = (end + chunk.toString('latin1')).slice(-5);
                if (end !== '0\r\n\r\n') return;
                resolve(true);
                socket.destroy();
              });
          });
        }),
      );
    }

    test.each(['/metrics', '/api/v1/metrics'])(
      'share what is shown: %s',
      { timeout: 60_000 },
      async (path) => {
        const whole = await unread(path, async () => {});
        expect(whole).toEqual(whole.map(() => true));
      },
    );

    test.each(['/metrics', '/api/v1/metrics'])(
      'of 16 states at most are held: %s',
      { timeout: 60_000 },
      async (path) => {
        const whole = await unread(path, async (port) => {
          expect((await rawRequest(port, 'POST', '/metrics/job/a', 'y 1\n')).status).toBe(200);
        });
        // One more was asked for after them.
        expect(whole).toEqual(whole.map((_, i) => i >= 20 - 15));
      },
    );
  });

  test('a packed scrape is the same', async () => {
    const { port } = await testGateway();
    await rawRequest(port, 'PUT', '/metrics/job/a', 'x{l="\xc3\xa4"} 1\n'.repeat(1));
    const plain = await rawRequest(port, 'GET', '/metrics');
    const packed = await rawRequest(port, 'GET', '/metrics', undefined, {
      'Accept-Encoding': 'gzip',
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(Buffer.from(packed.body, 'latin1')).toString('latin1')).toBe(plain.body);
  });
});

needs('prometheus')('Prometheus', () => {
  test('scrapes it without error, every type, value and label', async () => {
    const { url } = await testGateway({ routePrefix: '/push' });
    const client = testClient(url);
    const body = `# HELP c_total Text with \\\\ and \\n.
# TYPE c_total counter
c_total{l="\\"ä\\\\\\n😀"} 3
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="+Inf"} 2
h_sum 1.5
h_count 2
# TYPE s summary
s{quantile="0.5"} 7
s_sum 9
s_count 2
u 1e6
n NaN
i -Inf
`;
    await client.put({ job: 'a', labels: { instance: 'i/1' } }, body);
    await client.put({ job: 'b', labels: {} }, 'u 2\n');
    const prometheus = await startPrometheus({ pushgateway: url });
    await prometheus.scraped();
    const query = async (expr: string) => (await prometheus.query(expr)).map(({ value }) => value);
    const [c] = await prometheus.query('c_total');
    expect(c).toMatchObject({
      value: 3,
      labels: { l: '"ä\\\n😀', job: 'a', instance: 'i/1' },
    });
    expect(await query('h_bucket{le="+Inf"}')).toEqual([2]);
    expect(await query('s{quantile="0.5"}')).toEqual([7]);
    expect((await query('u')).sort()).toEqual([1e6, 2].sort());
    expect(await query('n')).toEqual([Number.NaN]);
    expect(await query('i')).toEqual([-Infinity]);
    expect(await query('count(push_time_seconds > 1e9)')).toEqual([2]);
    expect(prometheus.logs()).not.toMatch(/level=(warn|error)/);
    await prometheus.stop();
  });
});
