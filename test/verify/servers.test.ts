import { beforeAll, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import type { GroupingKey } from '../../src/pushgateway/grouping-key.js';
import type { DeliveredLedger } from '../../src/verify/expectation.js';
import { testClient } from '../pushgateway/clients.js';
import { memoryEnv } from '../support/env.js';
import {
  eachGateway,
  needs,
  type Prometheus,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../support/servers.js';
import { ledgerOf, pushText, type RunOptions, stateOf } from './run.js';

const RUN = 'run-1';
const keyOf = (instance: string): GroupingKey => ({ job: 'chatapi', labels: { instance } });
const now = () => new Date().toISOString();

/** `ragmon verify` of a ledger; returns what a user sees. */
async function verify(ledger: DeliveredLedger, ...args: string[]) {
  const files = { 'run.json': JSON.stringify(ledger) };
  const env = memoryEnv(['verify', 'run.json', ...args], { files, clock: 'real' });
  const code = await run(env);
  return { code, out: env.out(), err: env.err() };
}

eachGateway('against a gateway', (startGateway) => {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await startGateway();
  });

  /** Pushes a run of 120 requests after 500 others; the ledger says what should be stored. */
  async function pushed(instance: string): Promise<DeliveredLedger> {
    await testClient(gateway.url).put(keyOf(instance), pushText(stateOf(620), RUN));
    const group = { key: { job: 'chatapi', instance } };
    return ledgerOf({ base: 500, group, delivery: { gateway: gateway.url } });
  }

  test('all agrees', async () => {
    expect(await verify(await pushed('good'))).toEqual({
      code: 0,
      out: `gateway ${gateway.url}
  chatapi {instance="good"}: 9 series agree
run run-1 (seed 42, carry): everything agrees
`,
      err: '',
    });
  });

  test('the group was deleted', async () => {
    const ledger = await pushed('deleted');
    await testClient(gateway.url).delete(keyOf('deleted'));
    expect(await verify(ledger)).toEqual({
      code: 3,
      out: `gateway ${gateway.url}
  chatapi {instance="deleted"}, group: expected stored, found nothing
    cause: group deleted
           a cleanup, or a gateway that lost its state: verify sooner after the run
run run-1 (seed 42, carry): 1 difference in 1 group
`,
      err: '',
    });
    expect(
      (await verify({ ...ledger, delivery: { ...ledger.delivery, cleanedUp: true } })).out,
    ).toContain(`chatapi {instance="deleted"}: deleted by the run itself\n`);
  });

  test('another run went on with it', async () => {
    const ledger = await pushed('taken');
    await testClient(gateway.url).put(keyOf('taken'), pushText(stateOf(700), 'run-2', '7'));
    const { code, out } = await verify(ledger);
    expect(code).toBe(3);
    expect(out).toContain('run: expected run-1, found run-2\n');
    expect(out).toContain('9 of 9 series differ\n');
    expect(out).toContain('cause: overwritten by another run (run_id run-2, seed 7)\n');
    expect(out).not.toContain('counter reset');
  });

  test('somebody pushed lower values', async () => {
    const ledger = await pushed('lower');
    const id = 'chatapi_request_total{model="x",status="error"}';
    await testClient(gateway.url).post(keyOf('lower'), pushText({ [id]: 4 }));
    const { code, out } = await verify(ledger, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out).parts[0].differences).toMatchObject([
      { series: id, expected: 62, found: 4, cause: { kind: 'reset' } },
      // A POST replaces the whole family.
      { series: id.replace('error', 'success'), expected: 558, found: null },
    ]);
  });

  test('a later push was refused', async () => {
    const ledger = await pushed('refused');
    const clash = '# TYPE chatapi_request_total gauge\nchatapi_request_total 1\n';
    await expect(testClient(gateway.url).put(keyOf('refused'), clash)).rejects.toThrow(/400/);
    const { code, out } = await verify(ledger);
    expect(code).toBe(3);
    expect(out).toContain('cause: a later push to the group was refused by the gateway\n');
    expect(out).toContain('9 series agree\n');
  });
});

needs('prometheus-pushgateway', 'prometheus')('against a real Prometheus', () => {
  let gateway: Server;
  /** Scraped without honor_labels. */
  let renamed: Server;
  let prometheus: Prometheus;
  beforeAll(async () => {
    [gateway, renamed] = await Promise.all([startPushgateway(), startPushgateway()]);
    prometheus = await startPrometheus({
      pushgateway: gateway.url,
      extraConfig: `  - job_name: renamed
    static_configs:
      - targets: ['127.0.0.1:${renamed.port}']`,
    });
  });

  /** What a step pushes: requests by this run, or by someone else. */
  type Step = number | { requests: number; runId?: string };

  /** A run that pushes one step after the other, each seen by a scrape; the last is its end. */
  async function play(
    instance: string,
    steps: Step[],
    options: RunOptions & { zeros?: boolean; at?: Server } = {},
  ): Promise<DeliveredLedger> {
    const { base = 0, zeros = true, at = gateway, delivery, ...rest } = options;
    const client = testClient(at.url);
    const push = async (requests: number, runId?: string) => {
      await client.put(keyOf(instance), pushText(stateOf(requests), runId));
      return now();
    };
    const fresh = delivery?.counters === 'fresh';
    const from = fresh ? 0 : base;
    if (base > 0) {
      await push(base, 'run-0');
      await prometheus.scraped();
    }
    const startedAt = now();
    let firstPush: string | undefined;
    if (zeros && !fresh) {
      firstPush = await push(from, RUN);
      await prometheus.scraped();
    }
    const worldStartedAt = now();
    for (const step of steps) {
      if (firstPush && step !== steps[0]) await prometheus.scraped();
      const { requests, runId } = typeof step === 'number' ? { requests: step, runId: RUN } : step;
      const time = await push(from + requests, runId);
      firstPush ??= time;
      if (step === steps[0] && !zeros) await prometheus.scraped();
    }
    const lastPush = now();
    return ledgerOf({
      base,
      ...rest,
      delivery: {
        ...{ gateway: at.url, startedAt, worldStartedAt, endedAt: lastPush, ...delivery },
      },
      group: { key: { job: 'chatapi', instance }, firstPush: firstPush!, lastPush, ...rest.group },
    });
  }

  const check = async (ledger: DeliveredLedger, ...args: string[]) =>
    await verify(ledger, '--prometheus', prometheus.url, '--scrape-interval', '1s', ...args);

  test.concurrent('a new group agrees, quantiles too', async () => {
    const ledger = await play('new', [30, 80, 120]);
    const { code, out } = await check(ledger, '--gateway');
    expect(out).toBe(`gateway ${gateway.url}
  chatapi {instance="new"}: 9 series agree
Prometheus ${prometheus.url}
  chatapi {instance="new"}, last − first: 9 series agree
  chatapi {instance="new"}, resets(): 9 series agree
  chatapi {instance="new"}, increase(): 9 series agree
  chatapi {instance="new"}, quantiles: 3 agree
run run-1 (seed 42, carry): everything agrees
`);
    expect(code).toBe(0);
  });

  test.concurrent('a group that goes on from an older run agrees', async () => {
    const { code, out } = await check(await play('carried', [30, 120], { base: 500 }));
    expect(out).toContain('increase(): 9 series agree\n');
    expect(code).toBe(0);
  });

  test.concurrent('a fresh run over an older one: one reset, all agrees', async () => {
    const fresh = { base: 500, delivery: { counters: 'fresh' as const } };
    const ledger = await play('fresh', [30, 80, 120], fresh);
    const { code, out } = await check(ledger, '--json');
    expect(JSON.parse(out)).toMatchObject({ agrees: true, parts: [{ notes: [] }] });
    expect(code).toBe(0);
    const { query, samples } = prometheus;
    const [series] = await samples('chatapi_request_total{instance="fresh",status="error"}', 60);
    expect(series?.samples.map(([, value]) => value)).toContain(50);
    const resets = await query('resets(chatapi_request_total{instance="fresh"}[1m])');
    expect(resets.map(({ value }) => value)).toEqual([1, 1]);
  });

  test.concurrent('the first sample was missed', async () => {
    const { code, out } = await check(await play('late', [50, 120], { zeros: false }));
    expect(code).toBe(3);
    expect(out).toContain('last − first: 9 of 9 series differ\n');
    expect(out).toContain(
      `chatapi_request_total{model="x",status="error"}: expected 12, found 7\n`,
    );
    expect(out).toContain(
      'cause: first sample missed: growth before the first scrape is lost to increase()\n',
    );
  });

  test.concurrent('a counter was reset, by nobody knows whom', async () => {
    const { code, out } = await check(await play('fell', [50, { requests: 10 }, 120]));
    expect(code).toBe(3);
    expect(out).toContain('resets(): 9 of 9 series differ\n');
    expect(out).toContain('cause: counter reset: it fell during the run\n');
    expect(out).toContain('last − first: 9 series agree\n');
  });

  test.concurrent('another run pushed in between', async () => {
    const other = { requests: 10, runId: 'run-2' };
    const { code, out } = await check(await play('taken', [50, other, 120]));
    expect(code).toBe(3);
    expect(out).toContain('cause: overwritten by another run (run_id run-2, seed 42)\n');
  });

  test.concurrent('the last push was never scraped', async () => {
    const ledger = await play('short', [50, 100]);
    const { code, out } = await check(ledger);
    expect(code).toBe(3);
    expect(out).toContain('cause: not scraped after the last push\n');
  });

  test.concurrent('nothing was scraped', async () => {
    const { code, out } = await check(ledgerOf({ group: { key: { job: 'nobody' } } }));
    expect(code).toBe(3);
    expect(out).toContain(
      `  nobody, scrapes: expected 9 series, found nothing
    cause: not scraped: Prometheus has no series of this group\n`,
    );
  });

  test.concurrent('scraped without honor_labels', async () => {
    const ledger = await play('renamed', [50, 120], { at: renamed });
    const { code, out } = await check(ledger);
    expect(code).toBe(3);
    expect(out).toContain('has exported_job variants of it\n');
    expect(out).toContain('set honor_labels: true');
  });
});
