import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { SimulateFlags } from '../../src/commands/simulate/flags.js';
import { type RunGateway, runGateway } from '../../src/commands/simulate/gateway.js';
import { UsageError } from '../../src/errors.js';
import { testGateway } from '../gateway/gateways.js';
import { memoryEnv } from '../support/env.js';
import { freePort } from '../support/servers.js';

const opened: RunGateway[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ own }) => own?.close()));
});

/** `runGateway` with a default address of its own; 9091 may be somebody's. */
async function choose(flags: SimulateFlags, port: number, vars: Record<string, string> = {}) {
  const env = memoryEnv([], { vars, clock: 'real' });
  const gateway = await runGateway(flags, env, `http://127.0.0.1:${port}`);
  opened.push(gateway);
  return gateway;
}

describe('nothing named', () => {
  test('nobody answers: the embedded one, at that address, and a line that says so', async () => {
    const port = await freePort();
    const { own, connection, note } = await choose({}, port);
    const url = `http://127.0.0.1:${port}`;
    expect(own?.url).toBe(url);
    expect(connection.url).toBe(url);
    expect(note).toBe(
      `nobody answers at ${url}: started an embedded gateway for this run (--hold keeps it)`,
    );
    const health = await fetch(`${url}/-/healthy`);
    expect([health.status, await health.text()]).toEqual([200, 'OK']);
  });

  test('somebody answers: that one', async () => {
    const { port, url } = await testGateway();
    expect(await choose({}, port)).toMatchObject({
      ...{ own: undefined, note: undefined },
      connection: { url },
    });
  });

  test('somebody who is no gateway is somebody too', async () => {
    // Whoever is asked is left at once, which resets the connection.
    const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect((await choose({}, port)).own).toBeUndefined();
    server.close();
  });

  test('two at once: one starts it, the other uses it', async () => {
    const port = await freePort();
    const both = await Promise.all([choose({}, port), choose({}, port)]);
    expect(both.map(({ own }) => own !== undefined).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ connection }) => connection.url)).size).toBe(1);
  });

  test('an empty variable names nothing', async () => {
    const port = await freePort();
    expect((await choose({}, port, { PUSHGATEWAY_URL: '' })).own?.port).toBe(port);
  });

  test('--hold where a gateway runs anyway is told', async () => {
    const { port, url } = await testGateway();
    const { own, note } = await choose({ hold: true }, port);
    expect([own, note]).toEqual([undefined, `--hold has nothing to do: ${url} runs anyway`]);
  });
});

describe('--gateway embedded', () => {
  test.each([
    ['by flag', { gateway: 'embedded' }, {}],
    ['by variable', {}, { PUSHGATEWAY_URL: 'embedded' }],
  ] as const)('%s: there', async (_, flags, vars) => {
    const port = await freePort();
    const { own, note } = await choose({ ...flags, hold: true }, port, vars);
    expect(own?.port).toBe(port);
    expect(note).toBe(
      `at http://127.0.0.1:${port}: an embedded gateway which stays until it is stopped`,
    );
  });

  test('on a free port where that one is taken', async () => {
    const { port } = await testGateway();
    const { own, connection } = await choose({ gateway: 'embedded' }, port);
    expect(own?.port).not.toBe(port);
    expect(connection.url).toBe(own?.url);
  });
});

describe('a gateway that is named', () => {
  test.each([
    ['by flag', (url: string) => [{ gateway: url }, {}] as const],
    ['by variable', (url: string) => [{}, { PUSHGATEWAY_URL: url }] as const],
  ])('%s is never replaced', async (_, named) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${await freePort()}`;
    const [flags, vars] = named(url);
    expect(await choose(flags, port, vars)).toMatchObject({ own: undefined, connection: { url } });
    const refused = await new Promise((resolve) => {
      connect({ host: '127.0.0.1', port }).on('error', resolve);
    });
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('and --hold exclude each other', async () => {
    const choice = choose({ gateway: 'http://elsewhere:9091', hold: true }, await freePort());
    await expect(choice).rejects.toThrow(UsageError);
    await expect(choice).rejects.toThrow(/^--hold keeps the embedded gateway up, but another one/);
  });
});

test('what is wrong with other flags is found before anything is started', async () => {
  const port = await freePort();
  await expect(choose({ concurrency: '0' }, port)).rejects.toThrow(/^--concurrency/);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
