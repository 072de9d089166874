import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { type FaultyGateway, startFaultyGateway } from '../support/faulty-gateway.js';
import { until } from '../support/processes.js';
import { needs } from '../support/servers.js';
import { failureOf, testClient } from './clients.js';

const KEY = { job: 'a', labels: {} };

needs('openssl')('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ragmon-tls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const pem = (name: string) => readFileSync(file(name), 'utf8');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const KIND = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];

  const authority = (name: string) => {
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    openssl('req', '-x509', ...KIND, '-subj', `/CN=${name}`, ...out);
  };
  const certificate = (name: string, ca: string, names: string) => {
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    const signed = ['-CA', file(`${ca}.pem`), '-CAkey', file(`${ca}.key`)];
    const extension = ['-addext', `subjectAltName=${names}`];
    openssl('req', '-x509', ...KIND, ...signed, '-subj', `/CN=${name}`, ...extension, ...out);
  };

  let gateway: FaultyGateway;
  let strict: FaultyGateway;
  beforeAll(async () => {
    authority('ca');
    authority('otherca');
    certificate('server', 'ca', 'IP:127.0.0.1');
    certificate('elsewhere', 'ca', 'DNS:elsewhere.example');
    certificate('client', 'ca', 'DNS:client');
    certificate('stranger', 'otherca', 'DNS:client');
    const tls = { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem') };
    gateway = await startFaultyGateway({ tls });
    strict = await startFaultyGateway({
      tls: { ...tls, requestCert: true, rejectUnauthorized: true },
    });
  });

  test('with the own CA', async () => {
    const client = testClient(gateway.url, { ca: pem('ca.pem') });
    expect((await client.put(KEY, 'm 1\n')).attempts).toBe(1);
    expect((await client.put(KEY, 'm 1\n')).attempts).toBe(1);
    expect(gateway.connections()).toBe(1);
  });

  test('without it, and with another one: at once, with a hint', async () => {
    for (const options of [{}, { ca: pem('otherca.pem') }]) {
      const error = await failureOf(testClient(gateway.url, options).put(KEY, 'm 1\n'));
      expect(error.message).toMatch(/ failed: .*certificate/);
      expect(error.attempts).toBe(1);
      expect(error.hint).toBe('check the CA and the client certificate, and http or https');
    }
  });

  test('a certificate for another name', async () => {
    const other = await startFaultyGateway({
      tls: { key: pem('elsewhere.key'), cert: pem('elsewhere.pem') },
    });
    const error = await failureOf(testClient(other.url, { ca: pem('ca.pem') }).put(KEY, 'm 1\n'));
    expect(error.message).toMatch(/does not match certificate's altnames/);
    expect(error.attempts).toBe(1);
  });

  test('with a client certificate', async () => {
    const own = { ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') };
    expect((await testClient(strict.url, own).put(KEY, 'm 1\n')).attempts).toBe(1);
  });

  test('without one, or with that of a stranger', async () => {
    const stranger = { cert: pem('stranger.pem'), key: pem('stranger.key') };
    for (const options of [{}, stranger]) {
      const client = testClient(strict.url, { ca: pem('ca.pem'), ...options });
      const error = await failureOf(client.put(KEY, 'm 1\n'));
      expect(error.status).toBeUndefined();
      expect(error.message).not.toContain('PRIVATE KEY');
    }
    expect(strict.requests).toHaveLength(1);
  });

  test('what is no certificate is refused before anything is sent', () => {
    const good = { cert: pem('client.pem'), key: pem('client.key') };
    const cases: [object, RegExp][] = [
      [{ ca: 'nonsense' }, /^the CA certificate cannot be read: .*no start line/],
      [{ ...good, key: pem('server.key') }, /^the client certificate cannot be used: .*mismatch/],
      [{ cert: good.cert }, /^a client certificate and its key need each other$/],
      [
        { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
        /^the CA certificate cannot be read/,
      ],
    ];
    for (const [options, message] of cases) {
      expect(() => testClient(gateway.url, options)).toThrow(UsageError);
      expect(() => testClient(gateway.url, options)).toThrow(message);
    }
  });

  test('a handshake that never ends is a connection that is not there', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => void sockets.push(socket.on('error', () => {}).resume()));
    const { port } = silent.address() as AddressInfo;
    const client = testClient(`https://127.0.0.1:${port}`, {
      ...{ ca: pem('ca.pem'), timeoutMs: 150, retries: 1, totalTimeoutMs: 5000 },
    });
    const error = await failureOf(client.put(KEY, 'm 1\n'));
    expect(error.message).toMatch(/failed \(2 attempts in .*\): no connection within 0\.15 s$/);
    await until('the sockets to close', () => sockets.every(({ closed }) => closed));
    expect(sockets).toHaveLength(2);

    const controller = new AbortController();
    const call = failureOf(client.put(KEY, 'm 1\n', { signal: controller.signal }));
    await until('a third socket', () => sockets.length === 3);
    controller.abort();
    expect((await call).aborted).toBe(true);
    await until('it to close', () => sockets[2]?.closed);
    silent.close();
  });

  test('http spoken to https and the other way round', async () => {
    const plain = await startFaultyGateway();
    const client = testClient(plain.url.replace('http:', 'https:'), { ca: pem('ca.pem') });
    const error = await failureOf(client.put(KEY, 'm 1\n'));
    expect(error.hint).toMatch(/http or https/);
    expect(error.attempts).toBe(1);
    const other = testClient(gateway.url.replace('https:', 'http:'), { retries: 1 });
    expect((await failureOf(other.put(KEY, 'm 1\n'))).attempts).toBe(2);
  });
});
