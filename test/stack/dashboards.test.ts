import { expect, test } from 'vitest';
import { SERVICES } from '../../src/services/catalogue.js';
import { DASHBOARDS, textOf } from '../../src/stack/dashboards/all.js';
import { gauge, increase, quantile, rate } from '../../src/stack/dashboards/queries.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { THRESHOLDS } from '../../src/stack/thresholds.js';
import { FILES, panelsOf, read } from './classic.js';
import { parse } from './promql.js';

const files = Object.keys(DASHBOARDS);

test('the files are those that `npm run dashboards` writes', () => {
  expect(Object.keys(FILES).sort()).toEqual([...files].sort());
  for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
    expect(FILES[file] === textOf(dashboard), `${file} is what its source says`).toBe(true);
  }
});

test('addresses and titles stay', () => {
  expect(
    files.map((file) => {
      const { uid, title } = read(file);
      return [file, uid, title];
    }),
  ).toEqual([
    ['rag-demo.json', 'ragmon-demo', 'RAG Demo Dashboard'],
    ['rag-monitoring.json', 'ragmon-monitoring', 'RAG Production Monitoring'],
    ['cost.json', 'ragmon-cost', 'RAG Cost'],
    ['pushgateway.json', 'ragmon-pushgateway', 'Pushgateway and Jobs'],
  ]);
});

test('the ten panels of monitoring, in their order', () => {
  const titles = panelsOf(read('rag-monitoring.json')).map(({ title }) => title);
  const first = titles.indexOf('Query latency p50/p95/p99');
  expect(titles.slice(first, first + 10)).toEqual([
    'Query latency p50/p95/p99',
    'Request rate and error rate',
    'Token usage',
    'Cost per query and total spend',
    'Cache hit rate %',
    'Error rate %',
    'Active requests',
    'Rate limit remaining',
    'Response relevance score',
    'Errors by type',
  ]);
});

test.each(files)('%s: ids and letters are unique', (file) => {
  const dashboard = read(file);
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const titles = panelsOf(dashboard).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const { targets } of panelsOf(dashboard)) {
    expect(targets.map(({ refId }) => refId)).toEqual(
      ['A', 'B', 'C', 'D', 'E', 'F'].slice(0, targets.length),
    );
  }
});

test.each(files)('%s: every cell of the grid is one panel’s', (file) => {
  const cells = new Map<string, string>();
  let bottom = 0;
  for (const { title, gridPos } of read(file).panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w, title).toBeLessThanOrEqual(24);
    bottom = Math.max(bottom, y + h);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const cell = `${column}, ${line}`;
        expect(cells.get(cell), `what ${title} covers at ${cell}`).toBeUndefined();
        cells.set(cell, title);
      }
    }
  }
  expect(cells.size).toBe(24 * bottom);
});

test.each(files)('%s: variables, in the order in which one picks', (file) => {
  const { templating, panels } = read(file);
  const names = templating.list.map(({ name }) => name);
  expect(names.filter((name) => name !== 'gateway')).toEqual([
    'datasource',
    'job',
    'instance',
    'filters',
  ]);
  const used = JSON.stringify([panels, templating]).matchAll(/\$\{?(\w+)/g);
  const known = [...names, '__rate_interval', '__range'];
  expect(
    [...new Set([...used].map(([, name]) => name!))].filter(
      (n) => !known.includes(n) && !/^\d/.test(n),
    ),
  ).toEqual([]);
});

test.each(files)('%s: links lead to the others', (file) => {
  const { links, tags } = read(file);
  expect(links.map((link) => link.tags)).toEqual([['ragmon']]);
  expect(tags).toContain('ragmon');
});

test.each(files)('%s: sums before quotients and quantiles, and names that are there', (file) => {
  for (const { title, type, targets } of panelsOf(read(file))) {
    for (const { expr, legendFormat } of targets) {
      const { selectors, quantilesOf, kept } = parse(expr);
      if (type !== 'table') {
        expect(
          selectors.filter(({ aggregated }) => !aggregated),
          `${title}: ${expr}`,
        ).toEqual([]);
      }
      for (const inner of quantilesOf) {
        expect(inner).toMatch(/^sum by \(le(, \w+)*\) \((rate|increase)\(\w+_bucket\{/);
      }
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      // Each series of an answer has a name of its own.
      if (type !== 'table') expect([title, ...named].sort()).toEqual([title, ...kept].sort());
    }
  }
});

test('a query cannot name what there is not', () => {
  expect(() => rate('vectorlens_requests_total')).toThrow('there is no metric');
  expect(() => rate('chatapi_error_total', { by: ['model'] })).toThrow('has no label model');
  expect(() => increase('chatapi_error_total', '1d', { where: { type: 'x' } })).toThrow('never x');
  expect(() => quantile(0.5, 'vectorlens_request_total')).toThrow('there is no metric');
  expect(() => gauge('max', 'up', { by: ['region'] })).toThrow('has no label region');
});

test('every metric of the services is shown', () => {
  const shown = new Set(
    files
      .flatMap((file) => panelsOf(read(file)))
      .flatMap(({ targets }) => targets)
      .flatMap(({ expr }) => parse(expr).selectors.map(({ metric }) => metric)),
  );
  const names = SERVICES.flatMap(({ instruments }) =>
    instruments.map(({ kind, name }) => (kind === 'histogram' ? `${name}_bucket` : name)),
  );
  expect(names.filter((name) => !shown.has(name))).toEqual([]);
});

test('what the rate limit leaves is read as RateLimitLow reads it: not of groups long silent', () => {
  const panel = panelsOf(read('rag-monitoring.json')).find(
    ({ title }) => title === 'Rate limit remaining',
  )!;
  const picked = '{job=~"$job", instance=~"$instance"}';
  expect(panel.targets.map(({ expr }) => expr)).toEqual([
    `min by (model) (chatapi_rate_limit_remaining${picked} unless ignoring (model) ` +
      `(time() - push_time_seconds${picked} > ${THRESHOLDS.pushAge}))`,
  ]);
  const { expr } = rulesFor()
    ['spending.yml']!.groups.flatMap(({ rules }) => rules)
    .find((rule) => 'alert' in rule && rule.alert === 'RateLimitLow')!;
  expect(expr.replaceAll(/\s+/g, ' ')).toContain(
    `chatapi_rate_limit_remaining unless ignoring (model) (time() - push_time_seconds > ${THRESHOLDS.pushAge})`,
  );
});

const T = THRESHOLDS;
test.each([
  ['rag-monitoring.json', 'Query latency p50/p95/p99', [T.searchLatency, T.answerLatency]],
  ['rag-monitoring.json', 'Cost per query and total spend', [T.costPerDay]],
  ['rag-monitoring.json', 'Cache hit rate %', [T.cacheHitRate]],
  ['rag-monitoring.json', 'Error rate %', [T.errorRate]],
  ['rag-monitoring.json', 'Rate limit remaining', [T.rateLimitRemaining]],
  ['rag-monitoring.json', 'Time to first token p50/p95/p99', [T.timeToFirstToken]],
  ['cost.json', 'Spend per day', [T.costPerDay]],
  ['pushgateway.json', 'Age of the last push', [T.pushAge]],
])('%s, %s: drawn are %j', (file, title, limits) => {
  const { fieldConfig } = panelsOf(read(file)).find((panel) => panel.title === title)!;
  // Those of the right axis stand in an override.
  const text = JSON.stringify(
    fieldConfig.overrides.length > 0 ? fieldConfig.overrides : fieldConfig.defaults,
  );
  expect(text).toContain(`"mode":"${limits.length > 1 ? 'dashed' : 'dashed+area'}"`);
  const steps = [...text.matchAll(/"color":"\w+","value":([\d.]+)\}/g)].map(([, v]) => Number(v));
  expect(steps).toEqual(limits);
});

test.each(files)('%s: descriptions are sentences', (file) => {
  const { description, panels } = read(file);
  for (const text of [
    description,
    ...panels.flatMap((p) => ('description' in p ? p.description : [])),
  ]) {
    expect(text).toMatch(/^(p95|[A-Z]).*\.$/s);
    expect(text).not.toMatch(/\d\.\d{4,}|undefined|NaN/);
  }
});
