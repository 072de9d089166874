import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/env.js';
import { columnsNamed, FIRST_NAMES } from '../../src/history/daily/columns.js';
import { dailyRows } from '../../src/history/daily/days.js';
import { readBlocks } from '../../src/history/series/blocks.js';
import { writeBlocks } from '../../src/history/series/tsdb.js';
import { layoutOf } from '../../src/instruments/layout.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { DAY, dayOf, MINUTE, MINUTES_PER_DAY } from '../../src/world/time.js';
import { createWorld } from '../../src/world/world.js';
import { yearIncidents } from '../../src/world/year.js';
import { temporaryFolder } from '../support/processes.js';
import { needs, type Prometheus, startEmbedded, startPrometheus } from '../support/servers.js';
import { QUERIES } from './queries.js';

const SEED = 'thirty days';
const HOUR = 3600;
const DAYS = 30;
const FIRST = dayOf('2026-03-25');
/** Samples of a series: both ends are among them. */
const STEPS = DAYS * MINUTES_PER_DAY + 1;
const from = FIRST * DAY;
const to = (FIRST + DAYS) * DAY;
const incidents = yearIncidents(SEED, from / MINUTE, to / MINUTE);
const world = createWorld({ seed: SEED, rate: 1, profile: 'daily', incidents });

/** Families of every series that only grows. */
const GROWING = [
  ...new Set(
    SERVICES.flatMap((service) => [...layoutOf(service).counters]).map((id) =>
      id.replace(/\{.*/, ''),
    ),
  ),
];
const SERIES = SERVICES.reduce((sum, service) => sum + layoutOf(service).lines.ids.length, 0);

needs('promtool', 'prometheus')('Prometheus on 30 days of blocks, with incidents', () => {
  const root = temporaryFolder();
  const data = join(root, 'data');
  let prometheus: Prometheus;
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(root, { recursive: true, force: true });
  });
  beforeAll(async () => {
    mkdirSync(data);
    const options = {
      world,
      services: SERVICES,
      from,
      to,
      step: MINUTE,
      instance: 'demo',
      labels: {},
    };
    await writeBlocks(options, data, {
      ...SYSTEM,
      vars: process.env,
      now: () => (to + DAY) * 1000,
    });
    const gateway = await startEmbedded();
    prometheus = await startPrometheus({
      pushgateway: gateway.url,
      data,
      // Fifteen days by default: what is older Prometheus would delete.
      args: ['--storage.tsdb.retention.time=20y'],
    });
  }, 180_000);

  test('every series has a sample a minute', async () => {
    const blocks = await readBlocks(data);
    expect(new Set(blocks.map(({ stats }) => stats.numSeries))).toEqual(new Set([SERIES]));
    const samples = blocks.reduce((sum, { stats }) => sum + stats.numSamples, 0);
    expect(samples).toBe(SERIES * STEPS);
    for (const service of SERVICES) {
      const range = { start: from, end: to, step: HOUR };
      const [series] = await prometheus.queryRange(`count({job="${service.name}"})`, range);
      const { length } = layoutOf(service).lines.ids;
      expect(series?.samples).toEqual(
        Array.from({ length: DAYS * 24 + 1 }, (_, hour) => [from + hour * HOUR, length]),
      );
    }
  });

  test('each day rises by what its row says', async () => {
    const columns = columnsNamed('', FIRST_NAMES);
    const rows = [...dailyRows(world, columns, FIRST, FIRST + DAYS)];
    expect(incidents.map(({ name }) => name)).toEqual(['cold-cache', 'traffic-surge']);
    const queries = [
      'sum(increase(vectorlens_request_total[1d]))',
      'sum(increase(documentstore_cost_dollars_total[1d]))',
      'sum(increase(chatapi_cost_dollars_total[1d]))',
    ];
    for (const [i, query] of queries.entries()) {
      const range = { start: from + DAY, end: to, step: DAY };
      const [series] = await prometheus.queryRange(query, range);
      expect(series?.samples).toHaveLength(DAYS);
      const unit = 10 ** columns[i]!.type.decimals;
      series!.samples.forEach(([end, increase], day) => {
        expect(end).toBe((FIRST + day + 1) * DAY);
        const row = Number(rows[day]!.values[i]) / unit;
        expect(row).toBeGreaterThan(0);
        expect(Math.abs(increase / row - 1)).toBeLessThan(0.005);
      });
    }
  });

  test('nothing resets, in any series', async () => {
    let seen = 0;
    for (const name of GROWING) {
      const resets = await prometheus.query(`resets(${name}[31d])`, to);
      expect([name, ...resets.filter(({ value }) => value !== 0)]).toEqual([name]);
      const [samples] = await prometheus.query(`sum(count_over_time(${name}[31d]))`, to);
      expect([name, samples?.value]).toEqual([name, resets.length * STEPS]);
      seen += resets.length;
    }
    expect(seen).toBe(SERVICES.reduce((sum, service) => sum + layoutOf(service).counters.size, 0));
  });

  test.each(QUERIES)('has data at every hour: %s', async (query) => {
    const range = { start: from + HOUR, end: to, step: HOUR };
    const series = await prometheus.queryRange(query, range);
    expect(series.length).toBeGreaterThanOrEqual(3);
    const known = series.map(({ labels, samples }) => {
      expect(samples).toHaveLength(DAYS * 24);
      return [idOf(labels), samples.map(([, value]) => Number.isFinite(value))] as const;
    });
    // A quantile of nothing is no number: so it is where a model had no call in five minutes.
    const [, histogram] = query.match(/rate\((\w+)_bucket/) ?? [];
    const counts =
      histogram && (await prometheus.queryRange(`increase(${histogram}_count[5m])`, range));
    const expected = new Map(
      (counts || series).map(({ labels, samples }) => [
        idOf(labels),
        samples.map(([, value]) => !counts || value > 0),
      ]),
    );
    expect(new Map(known)).toEqual(expected);
  });
});

function idOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort());
}
