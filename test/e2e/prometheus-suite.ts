import { beforeAll, expect, test } from 'vitest';
import { type Bucket, histogramQuantile } from '../../src/instruments/quantile.js';
import { runCli, startCli } from '../support/cli.js';
import { until } from '../support/processes.js';
import {
  type Prometheus,
  type Server,
  type StartGateway,
  startPrometheus,
} from '../support/servers.js';
import { increments, isExact, ledgerFile } from './gateway.js';
import { QUERIES } from './queries.js';

/** What a real Prometheus sees of a gateway. */
export function prometheusSuite(startGateway: StartGateway): void {
  let gateway: Server;
  let prometheus: Prometheus;
  beforeAll(async () => {
    gateway = await startGateway();
    prometheus = await startPrometheus({ pushgateway: gateway.url, scrapeInterval: '1s' });
  });

  const args = (instance: string, ...more: string[]) => [
    ...['simulate', '-g', gateway.url, '--instance', instance, '-i', '1s', '--rate', '40'],
    ...['--scrape-interval', '1s', '--warmup', '3s', '--start', '2026-03-02T09:00:00Z', ...more],
  ];
  const play = async (instance: string, ...more: string[]) => {
    const ledger = ledgerFile();
    const run = await runCli(args(instance, '-d', '4s', '--ledger', ledger.path, ...more));
    expect(run.code).toBe(0);
    await prometheus.scraped();
    return ledger;
  };
  /** Of every counter and bucket of an instance. */
  const resets = async (instance: string, seconds = 300) => {
    const all = `{__name__=~".+_(total|bucket|count)",instance="${instance}"}`;
    // With the names kept, or different counters would be the same series.
    const names = new Set(
      (await prometheus.query(`last_over_time(${all}[${seconds}s])`)).map(
        ({ labels }) => labels.__name__!,
      ),
    );
    const rows = await Promise.all(
      [...names].map((name) =>
        prometheus.query(`resets(${name}{instance="${instance}"}[${seconds}s])`),
      ),
    );
    expect(names.size).toBeGreaterThan(15);
    return rows.flat().map(({ value }) => value);
  };

  test.concurrent('a run: queries, last − first, increase() and p95 agree with the ledger', async () => {
    const ledger = ledgerFile();
    const run = startCli(args('seen', '-d', '15s', '--ledger', ledger.path));
    await until(
      'data for every query of the catalogue while the run goes on',
      async () => {
        const answers = await Promise.all(QUERIES.map((query) => prometheus.query(query)));
        return answers.every((rows) => rows.some(({ value }) => Number.isFinite(value)));
      },
      25_000,
    );
    expect((await run.exited).code).toBe(0);
    // At any later time increase() would stretch what it sees towards the scrape to come.
    const scraped = await prometheus.scraped();

    const truth = ledger.read();
    for (const service of ['vectorlens', 'docstore', 'chatapi']) {
      const expected = increments(truth, service);
      const series = await prometheus.samples(`{job="${service}",instance="seen"}`);
      const seen = new Map(
        series.map(({ labels, samples }) => {
          const { __name__: name, job: _, instance: __, ...own } = labels;
          const text = Object.entries(own)
            .sort(([a], [b]) => (a === 'le' ? 1 : b === 'le' ? -1 : a < b ? -1 : 1))
            .map(([label, value]) => `${label}="${value}"`)
            .join(',');
          return [text ? `${name}{${text}}` : name!, samples] as const;
        }),
      );
      for (const [id, value] of Object.entries(expected)) {
        const samples = seen.get(id)!;
        expect(samples, id).toBeDefined();
        const growth = samples.at(-1)![1] - samples[0]![1];
        if (isExact(id)) expect([id, growth]).toEqual([id, value]);
        else expect(growth).toBeCloseTo(value, 9);
      }
    }

    for (const service of ['vectorlens', 'docstore', 'chatapi']) {
      const totals = new Map<string, number>();
      for (const [id, value] of Object.entries(increments(truth, service))) {
        const name = id.split('{')[0]!;
        if (/_(total|count)$/.test(name)) totals.set(name, (totals.get(name) ?? 0) + value);
      }
      for (const [name, total] of totals) {
        const query = `sum(increase(${name}{instance="seen"}[5m]))`;
        const [row] = await prometheus.query(query, scraped);
        if (isExact(name)) expect([name, row!.value]).toEqual([name, total]);
        else expect(row!.value).toBeCloseTo(total, 9);
      }
    }

    const id = 'vectorlens_request_duration_seconds_bucket';
    const buckets = Object.entries(increments(truth, 'vectorlens'))
      .filter(([series]) => series.startsWith(`${id}{endpoint="search"`))
      .map(([series, count]): Bucket => {
        const le = /le="([^"]+)"/.exec(series)![1]!;
        return [Number(le.replace('+Inf', 'Infinity')), count];
      });
    const [row] = await prometheus.query(
      `histogram_quantile(0.95, increase(${id}{endpoint="search",instance="seen"}[5m]))`,
      scraped,
    );
    expect(row!.value).toBeCloseTo(histogramQuantile(0.95, buckets), 3);

    const verified = await runCli([
      ...['verify', ledger.path, '--prometheus', prometheus.url, '--gateway'],
      ...['--scrape-interval', '1s'],
    ]);
    expect(verified).toMatchObject({ code: 0 });
  }, 90_000);

  test.concurrent('carry twice: no reset; fresh: one; per-run: a group of its own', async () => {
    const first = await play('modes', '--seed', 'one');
    const second = await play('modes', '--seed', 'two');
    expect(new Set(await resets('modes'))).toEqual(new Set([0]));
    const id = 'vectorlens_request_total{endpoint="search",status="success"}';
    const [row] = await prometheus.query(
      'vectorlens_request_total{instance="modes",endpoint="search",status="success"}',
    );
    const [one, two] = [first, second].map(
      (ledger) => increments(ledger.read(), 'vectorlens')[id]!,
    );
    expect(row!.value).toBe(one! + two!);

    await play('modes', '--seed', 'two', '--counters', 'fresh');
    const once = await resets('modes');
    expect(Math.max(...once)).toBe(1);
    const busy = await prometheus.query(
      'resets(vectorlens_request_total{instance="modes",endpoint="search",status="success"}[300s])',
    );
    expect(busy.map(({ value }) => value)).toEqual([1]);

    const own = await play('modes', '--counters', 'per-run');
    const { runId } = own.read().delivery!;
    const instances = await prometheus.query(
      'count by (instance) (vectorlens_request_total{instance=~"modes.*"})',
    );
    expect(instances.map(({ labels }) => labels.instance).sort()).toEqual([
      'modes',
      `modes-${runId}`,
    ]);
    expect(Math.max(...(await resets('modes')))).toBe(1);
  }, 120_000);

  const verify = async (path: string, ...more: string[]) =>
    await runCli(['verify', path, ...more, '--scrape-interval', '1s']);

  test.concurrent('verify notices that another run went over it', async () => {
    const stolen = await play('stolen', '-s', 'docstore');
    await play('stolen', '-s', 'docstore');
    const overwritten = await verify(stolen.path, '--gateway', gateway.url);
    expect(overwritten.code).toBe(3);
    expect(overwritten.stdout).toMatch(/overwritten by another run/i);
  });

  test.concurrent('verify notices that a group was deleted by another than the run', async () => {
    const gone = await play('gone', '-s', 'docstore', '--cleanup', '--linger', '0');
    expect((await verify(gone.path, '--gateway', gateway.url)).code).toBe(0);
    const deleted = await play('deleted', '-s', 'docstore');
    const answer = await fetch(`${gateway.url}/metrics/job/docstore/instance/deleted`, {
      method: 'DELETE',
    });
    expect(answer.status).toBe(202);
    await until('deletion', async () => (await verify(deleted.path)).code === 3);
    expect((await verify(deleted.path)).stdout).toMatch(/deleted/i);
  });

  test.concurrent('verify notices growth that was lost before the first scrape', async () => {
    // Zeros were never pushed.
    const missed = await play('missed', '-s', 'vectorlens', '--warmup', '0');
    const late = await verify(missed.path, '--prometheus', prometheus.url);
    expect(late.code).toBe(3);
    expect(late.stdout).toMatch(/first sample missed/i);
  });

  test.concurrent('verify notices that nobody scraped the gateway', async () => {
    const other = await startGateway();
    const unscraped = ledgerFile();
    const run = await runCli([
      ...args('unscraped', '-d', '2s', '--ledger', unscraped.path, '--warmup', '0'),
      ...['-g', other.url],
    ]);
    expect(run.code).toBe(0);
    const nothing = await verify(unscraped.path, '--prometheus', prometheus.url);
    expect(nothing.code).toBe(3);
    expect(nothing.stdout).toMatch(/not scraped/i);
  });
}
