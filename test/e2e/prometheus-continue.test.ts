import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/env.js';
import { LEDGER } from '../../src/history/series/last-values.js';
import { writeBlocks } from '../../src/history/series/tsdb.js';
import { createJobMetrics } from '../../src/instruments/job-metrics.js';
import { layoutOf } from '../../src/instruments/layout.js';
import { HistoryLedger } from '../../src/ledger/history-ledger.js';
import { formatLabels } from '../../src/series.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { addStretch, emptyTotal } from '../../src/world/total.js';
import { createWorld } from '../../src/world/world.js';
import { yearIncidents } from '../../src/world/year.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/processes.js';
import {
  eachGateway,
  needs,
  type Prometheus,
  type Server,
  type StartGateway,
  startPrometheus,
} from '../support/servers.js';
import { isExact, ledgerFile } from './gateway.js';

const DAY = 86_400;
const HEAD = 3 * 3600;

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A day of blocks that ends as late as it may, in a world of the scenario year. */
const step = 60;
const to = Math.floor((Date.now() / 1000 - HEAD) / step) * step;
const from = to - DAY;
const seed = 'joined';
const world = createWorld({
  ...{ seed, rate: 2, profile: 'daily' },
  incidents: yearIncidents(seed, from / 60, to / 60 + 2880),
});
const history = join(root, 'history');

needs('promtool', 'prometheus')('a history that goes on live', () => {
  beforeAll(async () => {
    const range = { from, to, step, instance: 'demo', labels: { region: 'eu' } };
    const options = { world, services: SERVICES, scenario: 'year', ...range };
    const { complete } = await writeBlocks(options, history, { ...SYSTEM, vars: process.env });
    expect(complete).toBe(true);
  }, 120_000);

  eachGateway('through the gateway', joined, 'promtool', 'prometheus');
});

function joined(startGateway: StartGateway): void {
  let gateway: Server;
  let prometheus: Prometheus;
  let ledger: string;
  beforeAll(async () => {
    const data = temporaryFolder();
    cpSync(history, data, { recursive: true });
    ledger = join(data, LEDGER);
    gateway = await startGateway();
    prometheus = await startPrometheus({ pushgateway: gateway.url, data });
  });

  /** Every counter and bucket that Prometheus has at an instant. */
  const valuesAt = async (second?: number) => {
    const rows = await prometheus.query('{instance="demo",region="eu",job!=""}', second);
    return new Map(
      rows.map(({ labels: { __name__: name = '', job, instance, region, le, ...own }, value }) => {
        expect([instance, region]).toEqual(['demo', 'eu']);
        const text = formatLabels(own).slice(1, -1);
        const all = [...(text === '' ? [] : [text]), ...(le === undefined ? [] : [`le="${le}"`])];
        return [all.length === 0 ? name : `${name}{${all.join()}}`, value];
      }),
    );
  };
  /** What the world did since the start of the history. */
  const truthAt = (second: number) =>
    SERVICES.flatMap((service) => {
      const total = emptyTotal(service.model);
      addStretch(world, service.model, from, second, [total]);
      const metrics = createJobMetrics(service);
      metrics.setTotal(total);
      const { counters } = layoutOf(service);
      return [...metrics.values()].filter(([id]) => counters.has(id));
    });
  const expectTruth = (values: ReadonlyMap<string, number>, second: number) => {
    const truth = truthAt(second);
    expect(truth.length).toBeGreaterThan(300);
    for (const [id, value] of truth) {
      const found = values.get(id);
      if (isExact(id)) expect([id, found]).toEqual([id, value]);
      else expect([id, Math.abs(found! - value) <= 1e-9 * value]).toEqual([id, true]);
    }
  };
  const play = async (...more: string[]) => {
    const run = ledgerFile();
    const result = await runCli([
      ...['simulate', '--continue', ledger, '-g', gateway.url, '-i', '1s', '--ledger', run.path],
      ...more,
    ]);
    expect(result).toMatchObject({ code: 0, stderr: expect.not.stringContaining('held') });
    await prometheus.scraped();
    return run;
  };
  const verify = async (path: string) => {
    const args = ['--gateway', '--prometheus', prometheus.url, '--scrape-interval', '1s'];
    const { code, stdout } = await runCli(['verify', path, ...args]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
  };

  test('no reset and no hole: every total over the join is the world’s', async () => {
    const { history: ended, truth } = HistoryLedger.parse(JSON.parse(readFileSync(ledger, 'utf8')));
    expect(Date.parse(truth.end)).toBe(to * 1000);
    expectTruth(await valuesAt(to), to);

    const first = await play('-d', '6s');
    const end = Date.parse(first.read().truth.end) / 1000;
    expect(end - to).toBeGreaterThan(HEAD);
    expectTruth(await valuesAt(), end);
    await verify(first.path);

    // The same command again: the group is on the gateway by now.
    const second = await play('-d', '4s', '--seed', 'joined', '--scenario', 'year');
    const { truth: seen, delivery } = second.read();
    expect(delivery!.groups.map(({ existed }) => existed)).toEqual([true, true, true]);
    const now = await valuesAt();
    expectTruth(now, Date.parse(seen.end) / 1000);
    await verify(second.path);

    const finals = Object.assign({}, ...ended.groups.map(({ final }) => final));
    const grown = Object.entries(finals).filter(([id, value]) => now.get(id)! > Number(value));
    expect(grown.length).toBeGreaterThan(150);
    const names = new Set(Object.keys(finals).map((id) => id.replace(/\{.*/, '')));
    for (const name of names) {
      const resets = await prometheus.query(`resets(${name}{instance="demo"}[28h])`);
      expect(resets.length).toBeGreaterThan(0);
      expect([name, ...new Set(resets.map(({ value }) => value))]).toEqual([name, 0]);
    }
  }, 90_000);
}
