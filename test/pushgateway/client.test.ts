import { beforeAll, describe, expect, test } from 'vitest';
import type { PushClient } from '../../src/pushgateway/client.js';
import type { GroupingKey } from '../../src/pushgateway/grouping-key.js';
import type { Group } from '../../src/pushgateway/listing.js';
import { seriesOf } from '../../src/pushgateway/series.js';
import { eachGateway } from '../support/servers.js';
import { clock, failureOf, testClient } from './clients.js';

eachGateway('with a gateway', (startGateway) => {
  let client: PushClient;
  let url: string;
  beforeAll(async () => {
    url = (await startGateway()).url;
    client = testClient(url);
  });

  const groupOf = async (key: GroupingKey): Promise<Group | undefined> =>
    (await client.list()).groups.find((group) => group.key.job === key.job);
  const valuesOf = async (key: GroupingKey) => Object.fromEntries(seriesOf((await groupOf(key))!));

  test('put replaces the group, post only families of the same name', async () => {
    const key = { job: 'replace', labels: { instance: 'a' } };
    const first = 'one{l="x"} 1\none{l="y"} 2\ntwo 3\n';
    expect(await client.put(key, first)).toMatchObject({ attempts: 1, bytes: first.length });
    expect(await valuesOf(key)).toEqual({ 'one{l="x"}': 1, 'one{l="y"}': 2, two: 3 });
    await client.post(key, 'one{l="z"} 4\n');
    expect(await valuesOf(key)).toEqual({ 'one{l="z"}': 4, two: 3 });
    await client.put(key, 'three 5\n');
    expect(await valuesOf(key)).toEqual({ three: 5 });
  });

  test('delete removes exactly the group, and a missing one is no error', async () => {
    const inner = { job: 'delete', labels: { instance: '..' } };
    const outer = { job: 'delete', labels: {} };
    await client.put(outer, 'outer_value 1\n');
    await client.put(inner, 'inner_value 1\n');
    await client.delete(inner);
    await client.delete({ job: 'never', labels: {} });
    const left = (await client.list()).groups.filter(({ key }) => key.job === 'delete');
    expect(left.map(({ key }) => key)).toEqual([outer]);
  });

  test('the times of pushes, by the clock of the gateway', async () => {
    const key = { job: 'times', labels: {} };
    const before = (await client.list()).serverTime! / 1000;
    await client.put(key, 'times_value 1\n');
    const good = await groupOf(key);
    expect(good?.pushTime).toBeGreaterThanOrEqual(before);
    expect(good?.pushTime).toBeLessThan(before + 60);
    expect(good?.failureTime).toBe(0);

    await failureOf(
      client.put(key, '# TYPE push_clash counter\ntimes_value{job="x"} 1\ntimes_value 1\n'),
    );
    const bad = await groupOf(key);
    expect(bad?.pushTime).toBe(good?.pushTime);
    expect(bad?.failureTime).toBeGreaterThan(good!.pushTime);
    expect(seriesOf(bad!).get('times_value')).toBe(1);
  });

  test.each([
    ['no line end', 'm 1', 'unexpected end of input stream'],
    ['a timestamp', 'm 1 1700000000000\n', 'pushed metrics must not have timestamps'],
    ['not metrics', 'hello world foo\n', 'text format parsing error in line 1'],
  ])('a 400 is reported with the text of the gateway: %s', async (_, body, text) => {
    const error = await failureOf(client.put({ job: 'bad', labels: {} }, body));
    expect(error).toMatchObject({ status: 400, attempts: 1 });
    expect(error.message).toContain(`push of {job="bad"} at ${url} was answered with 400: `);
    expect(error.message).toContain(text);
    expect(error.body).toContain(text);
  });

  test('compressed bodies are stored the same', async () => {
    const key = { job: 'gzip', labels: {} };
    const body = Array.from({ length: 300 }, (_, i) => `zipped{i="${i}"} ${i}\n`).join('');
    const zipping = testClient(url, { gzip: 'always' });
    const { bytes } = await zipping.put(key, body);
    expect(bytes).toBeLessThan(body.length / 2);
    expect((await valuesOf(key))['zipped{i="299"}']).toBe(299);
    await zipping.post(key, 'unzipped 1\n');
    await zipping.delete(key);
    expect(await groupOf(key)).toBeUndefined();
  });

  test('connections are kept and shared', async () => {
    const fresh = testClient(url, { concurrency: 3 });
    const keys = Array.from({ length: 60 }, (_, i) => ({
      job: 'many',
      labels: { instance: `${i}` },
    }));
    await Promise.all(keys.map((key) => fresh.put(key, 'many_value 1\n')));
    const stored = (await fresh.list()).groups.filter(({ key }) => key.job === 'many');
    expect(stored).toHaveLength(60);
  });

  test('a server that is no Pushgateway', async () => {
    const error = await failureOf(testClient(`${url}/nowhere`).list());
    expect(error.status).toBe(404);
    expect(error.hint).toBe('check the URL and its path prefix');
  });
});

eachGateway('with a route prefix', (startGateway) => {
  test('put, list, delete below it', async () => {
    const gateway = await startGateway({ routePrefix: '/push/gw' });
    const client = testClient(`${gateway.url}/push/gw/`);
    const key = { job: '/', labels: { x: '' } };
    await client.put(key, 'm 1\n');
    expect((await client.list()).groups.map((group) => group.key)).toEqual([key]);
    await client.delete(key);
    expect((await client.list()).groups).toEqual([]);
  });
});

eachGateway('a gateway that restarts', (startGateway) => {
  test('the push gets through, on the connections that it broke', async () => {
    const gateway = await startGateway();
    let onFailed = () => {};
    const failed = new Promise<void>((resolve) => {
      onFailed = resolve;
    });
    const client = testClient(gateway.url, {
      ...{ random: () => 1, totalTimeoutMs: 30_000 },
      clock: {
        ...clock,
        sleep: (ms, signal) => {
          onFailed();
          return clock.sleep(ms, signal);
        },
      },
    });
    const key = { job: 'a', labels: {} };
    await client.put(key, 'm 1\n');
    await gateway.kill();
    const pushed = client.put(key, 'm 2\n');
    await failed;
    const again = await startGateway({ port: gateway.port });
    expect((await pushed).attempts).toBeGreaterThan(1);
    expect(seriesOf((await client.list()).groups[0]!).get('m')).toBe(2);
    await again.stop();
  });
});

describe('a gateway that is not one', () => {
  test('list() says so', async () => {
    const { startFaultyGateway } = await import('../support/faulty-gateway.js');
    const gateway = await startFaultyGateway({ mode: { status: 200, body: '<html>\nhello' } });
    const error = await failureOf(testClient(gateway.url).list());
    expect(error.message).toBe(
      `listing the groups at ${gateway.url} failed: not JSON: <html> hello`,
    );
    expect(error.hint).toBe('is this URL a Pushgateway? check the path prefix');
    expect(gateway.requests).toHaveLength(1);
  });
});
