import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parseTarget, type TargetOptions } from '../../src/pushgateway/target.js';
import { startFaultyGateway } from '../support/faulty-gateway.js';
import { failureOf, testClient } from './clients.js';

const KEY = { job: 'a', labels: {} };

describe('the URL', () => {
  test.each([
    ['http://127.0.0.1:9091', 'http://127.0.0.1:9091', '', true],
    ['http://localhost:9091/', 'http://localhost:9091', '', true],
    ['http://[::1]:9091/a/b//', 'http://[::1]:9091', '/a/b', true],
    ['https://me:pw@push.example.org/x', 'https://push.example.org', '/x', false],
  ])('%s', (url, origin, prefix, loopback) => {
    const target = parseTarget({ url });
    expect(target).toMatchObject({ origin, prefix, loopback, name: origin + prefix });
  });

  test.each([
    [{ url: 'nonsense' }, 'not a URL of a Pushgateway: nonsense'],
    [{ url: 'http://me:hunter22@:x' }, 'not a URL of a Pushgateway: http://:x'],
    [{ url: 'ftp://me:hunter22@x/' }, 'begins with http or https: ftp://x/'],
    [{ url: 'http://x/?token=hunter22' }, 'no ? and no #'],
    [{ url: 'http://x/', auth: { token: 'hunter22\r\nX: y' } }, 'the bearer token'],
    [{ url: 'http://x/', auth: { token: '' } }, 'the bearer token'],
    [{ url: 'http://x/', auth: { username: 'a:b', password: 'hunter22' } }, 'a colon'],
    [{ url: 'http://x/', headers: { 'X Y': 'hunter22' } }, 'not a header name: "X Y"'],
    [{ url: 'http://x/', headers: { X: 'hunter22\n' } }, 'the value of the header X'],
    [{ url: 'http://x/', headers: { 'Content-Length': '1' } }, 'Content-Length cannot be set'],
    [
      { url: 'http://x/', auth: { token: 'hunter22' }, headers: { Authorization: 'x' } },
      'exclude each other',
    ],
  ] satisfies [TargetOptions, string][])('%j is refused', (options, message) => {
    expect(() => parseTarget(options)).toThrow(UsageError);
    expect(() => parseTarget(options)).toThrow(message);
    expect(() => parseTarget(options)).not.toThrow(/hunter22/);
  });
});

describe('what goes over the wire', () => {
  test.each([
    ['password', { auth: { username: 'mé', password: 'p:w' } }, 'Basic bcOpOnA6dw=='],
    ['token', { auth: { token: 'abc.def' } }, 'Bearer abc.def'],
    ['nothing', {}, undefined],
  ])('%s', async (_, options, authorization) => {
    const gateway = await startFaultyGateway();
    const client = testClient(`${gateway.url}/pre/fix/`, {
      ...options,
      headers: { 'X-Scope-OrgID': 'team' },
    });
    await client.put(KEY, 'm 1\n');
    await client.post({ job: '..', labels: { x: '' } }, 'm 2\n');
    await client.delete(KEY);
    expect(gateway.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /pre/fix/metrics/job/a',
      'POST /pre/fix/metrics/job@base64/Li4/x@base64/=',
      'DELETE /pre/fix/metrics/job/a',
    ]);
    for (const { headers } of gateway.requests) {
      expect(headers.authorization).toBe(authorization);
      expect(headers['x-scope-orgid']).toBe('team');
    }
    expect(gateway.requests[0]?.headers['content-type']).toBe(
      'text/plain; version=0.0.4; charset=utf-8',
    );
    expect(gateway.connections()).toBe(1);
  });

  test('credentials of the URL', async () => {
    const gateway = await startFaultyGateway();
    await testClient(gateway.url.replace('//', '//me:p%40w@')).put(KEY, 'm 1\n');
    const expected = `Basic ${Buffer.from('me:p@w').toString('base64')}`;
    expect(gateway.requests[0]?.headers.authorization).toBe(expected);
  });
});

test('no secret appears in an error, also when the gateway echoes it', async () => {
  const gateway = await startFaultyGateway();
  const header = Buffer.from('me:hunter22').toString('base64');
  gateway.mode({ status: 400, body: `you said hunter22 (Basic ${header}, key k-123456)` });
  const client = testClient(gateway.url, {
    auth: { username: 'me', password: 'hunter22' },
    headers: { 'X-Key': 'k-123456' },
  });
  const error = await failureOf(client.put(KEY, 'm 1\n'));
  expect(error.message).toContain('you said *** (Basic ***, key ***)');
  expect(error.body).toBe('you said *** (Basic ***, key ***)');

  gateway.mode({ status: 301, headers: { Location: 'http://me:hunter22@elsewhere/hunter22' } });
  expect((await failureOf(client.list())).message).toContain('it points to http://elsewhere/***');
});
