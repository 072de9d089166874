import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/env.js';
import { writeBlocks } from '../../src/history/series/tsdb.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { createWorld } from '../../src/world/world.js';
import { FILES, type Panel, panelsOf, queryVariables, read } from '../stack/classic.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/processes.js';
import { needs, type Scraping, scrapingAt } from '../support/servers.js';
import { startStack } from '../support/stack.js';
import { increments, ledgerFile } from './gateway.js';

// What the dashboards ask, asked of the stack as shipped, which has scraped a run (every second, so
// that it need not take minutes), after some hours of history.

const HOUR = 3600;
const DAY = 24 * HOUR;
const data = temporaryFolder();
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Values of variables, as Grafana fills them in. */
type Picks = Readonly<Record<string, string>>;

needs(
  'prometheus-pushgateway',
  'prometheus-alertmanager',
  'prometheus',
  'promtool',
)('the dashboards on Prometheus', () => {
  let prometheus: Scraping & { readonly url: string };
  let ledger: Ledger;

  beforeAll(async () => {
    const to = (Math.floor(Date.now() / 1000 / HOUR) - 4) * HOUR;
    await writeBlocks(
      {
        world: createWorld({ seed: 'ragmon', rate: 1, profile: 'daily' }),
        services: SERVICES,
        from: to - 4 * HOUR,
        to,
        step: 60,
        instance: 'history',
        labels: {},
      },
      join(data, 'prometheus'),
      { ...SYSTEM, vars: process.env },
    );
    const stack = await startStack({ data, scrapeInterval: '1s' });
    prometheus = { url: stack.prometheus, ...scrapingAt(stack.prometheus) };
    // It takes seconds until the first, and growth before that is not seen.
    await prometheus.scraped();
    const file = ledgerFile();
    const run = await runCli([
      ...['simulate', '-g', stack.pushgateway, '--instance', 'live', '--ledger', file.path],
      ...['--duration', '10m', '--speed', '60', '--rate', '60', '--interval', '1s'],
      ...['--start', '2026-03-02T09:00:00Z', '--scrape-interval', '1s', '--warmup', '3s'],
    ]);
    expect(run.code, run.stderr).toBe(0);
    ledger = file.read();
    await prometheus.scraped();
  }, 90_000);

  /** The finite values that a panel shows, query by query. */
  async function shown(panel: Panel, picks: Picks): Promise<number[][]> {
    const end = Math.floor(Date.now() / 1000);
    const month = new Date(end * 1000).toISOString().slice(0, 7);
    const ranges: Record<string, number> = {
      'now/M': Math.max(60, end - Date.parse(`${month}-01T00:00:00Z`) / 1000),
      '30d': 30 * DAY,
    };
    const range = panel.timeFrom === undefined ? 10 * 60 : ranges[panel.timeFrom]!;
    const step = panel.interval === '1d' ? DAY : 1;
    const filled = { ...picks, __range: `${range}s`, __rate_interval: '30s' };
    return await Promise.all(
      panel.targets.map(async (target) => {
        const expr = fill(target.expr, filled);
        const values = target.instant
          ? (await prometheus.query(expr, end)).map(({ value }) => value)
          : // Grafana aligns a range to its step.
            (
              await prometheus.queryRange(expr, {
                start: Math.floor((end - range) / step) * step,
                end: Math.floor(end / step) * step,
                step,
              })
            ).flatMap(({ samples }) => samples.map(([, value]) => value));
        return values.filter(Number.isFinite);
      }),
    );
  }

  describe.each(Object.keys(FILES))('%s', (file) => {
    test('each variable finds values', async () => {
      for (const { query, allValue } of queryVariables(read(file))) {
        const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(query.query)!;
        const found = await labelValues(
          prometheus,
          fill(series!, { job: allValue ?? '.+' }),
          label!,
        );
        expect(found.length, query.query).toBeGreaterThan(0);
      }
    });

    test('each query gives a finite sample', { timeout: 60_000 }, async () => {
      const dashboard = read(file);
      const picks: Record<string, string> = {};
      for (const { name, query, allValue } of queryVariables(dashboard)) {
        const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(query.query)!;
        picks[name] = allValue ?? `(${(await labelValues(prometheus, series!, label!)).join('|')})`;
      }
      const empty: string[] = [];
      for (const panel of panelsOf(dashboard)) {
        const values = await shown(panel, picks);
        values.forEach((found, i) => {
          if (found.length === 0) empty.push(`${panel.title}: ${panel.targets[i]!.expr}`);
        });
      }
      expect(empty).toEqual([]);
    });
  });

  test('the numbers of a run are those of its ledger', async () => {
    const sum = (service: string, id: RegExp) =>
      Object.entries(increments(ledger, service)).reduce(
        (total, [name, value]) => (id.test(name) ? total + value : total),
        0,
      );
    const requests = sum('vectorlens', /^vectorlens_request_total/);
    const errors = sum('vectorlens', /^vectorlens_request_total\{.*status="error"/);
    const cost =
      sum('chatapi', /^chatapi_cost_dollars_total/) +
      sum('docstore', /^documentstore_cost_dollars_total/);
    const hits = sum('vectorlens', /^vectorlens_cache_lookup_total\{cache="semantic",result="hit"/);
    const lookups = sum('vectorlens', /^vectorlens_cache_lookup_total\{cache="semantic"/);
    // increase() extrapolates by half a scrape, of about 15; quotients of increases are exact.
    const counts = { file: 'rag-demo.json', within: 0.1 };
    const truths: { file: string; title: string; truth: number; within?: number }[] = [
      { ...counts, title: 'Requests', truth: requests },
      { ...counts, title: 'LLM calls', truth: sum('chatapi', /^chatapi_request_total/) },
      { ...counts, title: 'Spend', truth: cost },
      { file: 'rag-demo.json', title: 'Successful requests', truth: 1 - errors / requests },
      {
        file: 'rag-demo.json',
        title: 'Average latency',
        truth: sum('vectorlens', /^vectorlens_request_duration_seconds_sum/) / requests,
      },
      { file: 'rag-monitoring.json', title: 'Errors', truth: errors / requests },
      { file: 'rag-monitoring.json', title: 'Semantic cache hits', truth: hits / lookups },
      {
        file: 'rag-monitoring.json',
        title: 'Error budget left',
        truth: 1 - errors / requests / 0.01,
      },
      { file: 'cost.json', title: 'Per 1,000 requests', truth: (1000 * cost) / requests },
      { file: 'pushgateway.json', title: 'Groups', truth: 3 },
      { file: 'pushgateway.json', title: 'Failing groups', truth: 0 },
      { file: 'pushgateway.json', title: 'Jobs under way', truth: 0 },
    ];
    const picks = { job: '.+', instance: 'live', gateway: 'pushgateway' };
    const wrong: [title: string, value: number, truth: number][] = [];
    for (const { file, title, truth, within = 1e-6 } of truths) {
      const panel = panelsOf(read(file)).find((each) => each.title === title)!;
      const value = (await shown(panel, picks))[0]!.at(-1)!;
      if (!(Math.abs(value - truth) <= within * (truth || 1))) wrong.push([title, value, truth]);
    }
    expect(wrong).toEqual([]);
  });
});

function fill(text: string, values: Picks): string {
  return text.replaceAll(/\$(\w+)/g, (name, key: string) => values[key] ?? name);
}

async function labelValues(prometheus: { readonly url: string }, series: string, label: string) {
  const query = new URLSearchParams({ 'match[]': series });
  const answer = await fetch(`${prometheus.url}/api/v1/label/${label}/values?${query}`);
  return ((await answer.json()) as { data: string[] }).data;
}
