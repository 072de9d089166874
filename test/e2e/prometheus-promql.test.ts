import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/catalogue.js';
import { METRICS } from '../../src/stack/metrics.js';
import { parseQuery } from '../../src/stack/promql.js';
import { examine } from '../../src/stack/promql-check.js';
import { knownOf, type Labels } from '../../src/stack/promql-known.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder, until } from '../support/processes.js';
import {
  needs,
  type Prometheus,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../support/servers.js';

const KNOWN = knownOf(
  SERVICES.map(({ name }) => name),
  ['cluster'],
);
const REQUESTS = 'vectorlens_request_total';
const BUCKETS = 'vectorlens_request_duration_seconds_bucket';

const RULES = `groups:
  - name: g
    rules: [{ alert: Up, expr: up == 1, labels: { severity: warning } }]
`;
const folder = temporaryFolder();

needs('prometheus', 'prometheus-pushgateway')('against a real Prometheus', () => {
  let gateway: Server;
  let prometheus: Prometheus;
  beforeAll(async () => {
    gateway = await startPushgateway();
    const run = ['simulate', '-g', gateway.url, '-d', '10s', '-i', '5s', '--speed', '10'];
    const { code } = await runCli([...run, '--warmup', '0', '--label', 'cluster=a', '-q']);
    expect(code).toBe(0);
    // For ALERTS, which is there where an alert is.
    writeFileSync(join(folder, 'rules.yml'), RULES);
    const extraConfig = `rule_files: ['${join(folder, 'rules.yml')}']`;
    prometheus = await startPrometheus({ pushgateway: gateway.url, extraConfig });
    await prometheus.scraped();
    await until('the alert', async () => (await prometheus.query('ALERTS')).length > 0, 30_000);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('all that it has is known, with its labels and their values', async () => {
    const series = await prometheus.query('{__name__=~".+"}');
    const unknown = series.flatMap(({ labels: { __name__: name = '', ...labels } }) => {
      const found = KNOWN.find(name);
      if (!found) return [name];
      const missing = Object.entries(labels).filter(([label, value]) => {
        const values = found.labels?.get(label);
        return found.labels && !(found.labels.has(label) && (values?.has(value) ?? true));
      });
      return missing.map(([label, value]) => `${name}{${label}="${value}"}`);
    });
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('all that is known is there', async () => {
    const names = new Set(
      (await prometheus.query('{__name__=~".+"}')).map(({ labels }) => labels.__name__),
    );
    expect([...METRICS.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  describe('the labels of a result', () => {
    test.each([
      REQUESTS,
      `rate(${REQUESTS}[1m])`,
      `sum(${REQUESTS})`,
      `sum by (endpoint, job) (${REQUESTS})`,
      `sum(${REQUESTS}) without (status, cluster)`,
      `topk(2, ${REQUESTS})`,
      `topk by (status) (1, ${REQUESTS})`,
      `count_values by (job) ("value", ${REQUESTS})`,
      `quantile(0.5, ${REQUESTS})`,
      `histogram_quantile(0.9, ${BUCKETS})`,
      `histogram_quantile(0.9, sum by (le, endpoint) (${BUCKETS}))`,
      `label_replace(${REQUESTS}, "kind", "$1", "endpoint", "(.*)")`,
      `label_join(sum by (endpoint) (${REQUESTS}), "both", "-", "endpoint")`,
      `${REQUESTS} / ${REQUESTS}`,
      `${REQUESTS} * 2 > bool 1`,
      `1 + sum by (job) (${REQUESTS})`,
      `sum by (endpoint) (${REQUESTS}) / on (endpoint) sum by (endpoint, job) (${REQUESTS})`,
      `sum by (endpoint, job) (${REQUESTS}) > on (job) group_left () sum by (job) (${REQUESTS}) - 1e9`,
      `sum by (endpoint, job) (${REQUESTS}) + ignoring (endpoint) group_left () sum by (job) (${REQUESTS})`,
      `${REQUESTS} * on (job, instance) group_left (run_id, seed) ragmon_run_info`,
      `ragmon_run_info * on (job, instance) group_right (seed) ${REQUESTS}`,
      `sum by (endpoint) (${REQUESTS}) - ignoring (job) sum by (endpoint, job) (${REQUESTS}) or sum by (job) (up)`,
      `${REQUESTS} and on (job) sum by (job) (${REQUESTS})`,
      `${REQUESTS} unless on (job) up`,
      `-(max_over_time(${REQUESTS}[1m:1s] offset 1s))`,
      `clamp_max(round(${REQUESTS}, 0.1), 5)`,
      `timestamp(${REQUESTS})`,
      `sort_desc(abs(${REQUESTS}))`,
      'vector(1)',
      'time()',
      'hour()',
      'scalar(sum(up)) * vector(2)',
      'sum by (job) (push_time_seconds) or vector(0)',
    ])('%s', async (query) => {
      const { labels, unknown } = examine(parseQuery(query, { variables: false }), KNOWN);
      expect(unknown).toEqual([]);
      const results = await prometheus.query(query);
      expect(results.length).toBeGreaterThan(0);
      const found = results.flatMap((result) => Object.keys(result.labels));
      const names = new Set(found.filter((name) => name !== '__name__'));
      expect([...names].sort()).toEqual(namesOf(labels));
    });
  });
});

function namesOf(labels: Labels | undefined): string[] | undefined {
  return labels && [...labels.keys()].sort();
}
