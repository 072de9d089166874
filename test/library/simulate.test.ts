import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../src/gateway/server.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { PushError } from '../../src/pushgateway/push-error.js';
import { type SimulateOptions, simulate } from '../../src/run/simulate.js';
import { storedIn } from '../e2e/gateway.js';
import { freePort } from '../support/servers.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const START = Date.parse('2026-03-02T09:00:00Z') / 1000;
/** An hour, at once. */
const hour = (given: Partial<SimulateOptions> = {}): SimulateOptions => ({
  ...{ gateway, start: START, duration: 3600, speed: 1e6, instance: 'library', ...given },
});
const notes = () => {
  const lines: string[] = [];
  return { lines, observer: { update: () => {}, note: (line: string) => lines.push(line) } };
};

test('what is left out is as on the command line', async () => {
  const { ledger } = await simulate({ gateway, speed: 1e6, instance: 'defaults' });
  const { truth, delivery } = Ledger.parse(ledger);
  expect(Date.parse(truth.end) - Date.parse(truth.start)).toBe(60_000);
  expect(Math.abs(Date.parse(truth.start) - Date.now())).toBeLessThan(60_000);
  expect(truth).toMatchObject({
    ...{ seed: 'ragmon', incidents: [] },
    options: { services: ['vectorlens', 'docstore', 'chatapi'], rate: 1, profile: 'daily' },
  });
  expect(delivery).toMatchObject({ counters: 'carry', interval: 5, stoppedBy: null });
});

test('several at once, each with its gateway, and nothing of this process touched', async () => {
  const signals = () => ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name));
  const before = [signals(), process.exitCode];
  const own = await Promise.all([1, 2, 3].map(() => startGateway()));
  const results = await Promise.all(
    own.map((one, i) => simulate(hour({ gateway: one, seed: `seed ${i}` }))),
  );
  for (const [i, { ledger, failures, stoppedBy }] of results.entries()) {
    expect([failures, stoppedBy, ledger.truth.seed]).toEqual([[], undefined, `seed ${i}`]);
    const stored = await storedIn(own[i]!.url);
    expect([...stored.keys()].sort()).toEqual(
      ['chatapi/library', 'docstore/library', 'vectorlens/library'].sort(),
    );
    for (const { service, final } of ledger.delivery!.groups) {
      expect(Object.fromEntries(stored.get(`${service}/library`)!)).toEqual(final);
    }
  }
  const texts = results.map(({ ledger }) => JSON.stringify(ledger.truth.services));
  expect(new Set(texts).size).toBe(3);
  await Promise.all(own.map((one) => one.close()));
  expect([signals(), process.exitCode]).toEqual(before);
});

describe('a signal', () => {
  test('ends the run with a last push', async () => {
    const ending = new AbortController();
    const seen: number[] = [];
    const { ledger, failures, stoppedBy } = await simulate({
      ...hour({ duration: Number.POSITIVE_INFINITY, speed: 60, interval: 0.1, rate: 50 }),
      ...{ instance: 'aborted', signal: ending.signal },
      observer: {
        note: () => {},
        update: ({ elapsed }) => {
          seen.push(elapsed);
          if (seen.length === 5) ending.abort(new Error('enough'));
        },
      },
    });
    expect([failures, stoppedBy, ledger.delivery?.stoppedBy]).toEqual([[], 'abort', 'abort']);
    const stored = await storedIn(gateway.url);
    for (const { service, final } of ledger.delivery!.groups) {
      expect(Object.fromEntries(stored.get(`${service}/aborted`)!)).toEqual(final);
    }
    expect(Date.parse(ledger.truth.end) / 1000 - START).toBeGreaterThanOrEqual(seen.at(-1)!);
  });

  test('that has aborted already lets nothing begin', async () => {
    const reason = new Error('never');
    const run = simulate(hour({ instance: 'never', signal: AbortSignal.abort(reason) }));
    await expect(run).rejects.toBe(reason);
    expect([...(await storedIn(gateway.url)).keys()]).not.toContain('chatapi/never');
  });

  test('before the world begins rejects with its reason', async () => {
    // It is connected to, and answers nothing.
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const signal = AbortSignal.timeout(50);
    const run = simulate(hour({ gateway: `http://127.0.0.1:${port}`, signal }));
    await expect(run).rejects.toMatchObject({ name: 'TimeoutError' });
    silent.close();
  });

  test('may serve many runs without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    const { signal } = new AbortController();
    const runs = Array.from({ length: 12 }, (_, i) =>
      simulate(hour({ duration: 60, instance: `many-${i}`, signal })),
    );
    await Promise.all(runs);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

test('groups are held at zero for a gateway with a URL, not for one of this process', async () => {
  const held = notes();
  const fresh = notes();
  const quick = { scrapeInterval: 0.05, duration: 60 };
  await simulate(hour({ ...quick, instance: 'url', gateway: gateway.url, ...held }));
  await simulate(hour({ ...quick, instance: 'object', ...fresh }));
  expect(held.lines).toEqual([expect.stringMatching(/^3 new groups at zero, held for 0.05s/)]);
  expect(fresh.lines).toEqual([]);
});

test('a gateway that is not there', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const run = simulate(hour({ gateway: url, connection: { retries: 0 } }));
  await expect(run).rejects.toThrow(PushError);
  await expect(run).rejects.toThrow(/ECONNREFUSED/);
});

test.each<[Partial<SimulateOptions>, RegExp]>([
  [{ services: ['nosuch'] }, /^services: there is no service "nosuch"$/],
  [{ services: [] }, /^services: \[\] is not at least one service$/],
  [{ scenario: 'nosuch' }, /^scenario: there is no scenario "nosuch"$/],
  [{ scenario: 'error-burst', duration: 30 }, /scenario/],
  [{ rate: 0 }, /^rate: 0 is not a number above 0, up to 1e7$/],
  [{ rate: Number.NaN }, /^rate: NaN is not/],
  [{ start: 1.5 }, /^start: 1.5 is not Unix seconds, whole$/],
  [{ start: -1 }, /^start: /],
  [{ duration: 0 }, /^duration: 0 is not whole seconds, at least 1$/],
  [{ speed: 1e7 }, /^speed: /],
  [{ interval: 0 }, /^interval: /],
  [{ jobs: 0 }, /^jobs: /],
  [{ jobLifetime: 0.5 }, /^jobLifetime: /],
  [{ warmup: -1 }, /^warmup: /],
  [{ scrapeInterval: Number.POSITIVE_INFINITY }, /^scrapeInterval: /],
  [{ instance: '' }, /^instance: /],
  [{ shard: { index: 2, of: 2 } }, /^shard: /],
  [{ cleanupAfter: -1 }, /^cleanupAfter: /],
  [{ labels: { model: 'x' } }, /^labels: the label model is in use already$/],
  [{ labels: { 'a-b': 'x' } }, /^labels: "a-b" is not a label name$/],
  [{ profile: 'weekly' as never }, /^profile: /],
  [{ counters: 'none' as never }, /^counters: /],
  [{ prices: { models: [], store: [] } }, /price/],
  [{ gateway: 'nonsense' }, /./],
])('wrong: %o', async (given, message) => {
  const run = simulate(hour(given));
  await expect(run).rejects.toMatchObject({ exitCode: 2 });
  await expect(run).rejects.toThrow(message);
});
