import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/stack/metrics.js';
import { sumOf } from '../../src/stack/rules/expr.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { ruleText } from '../../src/stack/rules/yaml.js';
import { alerts, namesIn, recordings, rules } from './rules.js';

const ALERTS = new URL('../../alerts/', import.meta.url);
const files = rulesFor();

describe('the rule files', () => {
  test.each(Object.entries(files))('alerts/%s is as its source makes it', (name, file) => {
    expect(readFileSync(new URL(name, ALERTS), 'utf8'), 'run `npm run rules`').toBe(ruleText(file));
    expect(parse(ruleText(file))).toEqual(file);
  });

  test('there are no others', () => {
    const there = readdirSync(ALERTS).filter((name) => name.endsWith('.yml'));
    expect(there.sort()).toEqual(Object.keys(files).sort());
  });
});

describe('the alerts', () => {
  test('are those of the catalogue', () => {
    expect(alerts.map(({ alert, labels }) => `${alert} ${labels.severity}`)).toEqual([
      'HighLatency warning',
      'HighAnswerLatency warning',
      'HighTimeToFirstToken warning',
      'HighErrorRate critical',
      'ErrorBudgetBurn page',
      'ErrorBudgetBurn page',
      'ErrorBudgetBurn ticket',
      'ErrorBudgetBurn ticket',
      'HighCostBurn critical',
      'HighCostBurn warning',
      'LowCacheHitRate warning',
      'RateLimitLow warning',
      'RagTrafficMissing warning',
      'PushgatewayGroupStale warning',
      'PushgatewayPushFailing warning',
      'JobNotSucceeded warning',
      'PushgatewayDown critical',
    ]);
  });

  // Condition and wait, as the catalogue has them; windows are in the recordings' names.
  test.each([
    ['HighLatency', /p95_5m\{endpoint="search"\} > 2\n/, '5m'],
    ['HighAnswerLatency', /p95_5m\{endpoint="answer"\} > 15\n/, '5m'],
    ['HighTimeToFirstToken', /first_token_seconds:p95_5m > 3\n/, '5m'],
    ['HighErrorRate', /ratio_rate5m > 0\.05\n/, '5m'],
    ['LowCacheHitRate', /ratio_rate15m\{cache="semantic"\} < 0\.3\n/, '15m'],
    ['HighCostBurn', /^system:cost_dollars:increase1d > 100$/, undefined],
    ['RateLimitLow', /\) < 100$/, '5m'],
    ['PushgatewayGroupStale', /^\(time\(\) - push_time_seconds > 900\)\n/, '5m'],
    ['PushgatewayPushFailing', /^push_failure_time_seconds > push_time_seconds$/, '5m'],
    ['PushgatewayDown', /^up\{job="pushgateway"\} == 0$/, '2m'],
    ['JobNotSucceeded', / > 7200\n/, '5m'],
  ])('%s holds against what it should', (name, condition, wait) => {
    const found = alerts.find(({ alert }) => alert === name);
    expect(found?.expr).toMatch(condition);
    expect(found?.for).toBe(wait);
  });

  test('burn the error budget over the windows of the SRE workbook', () => {
    const burns = alerts.filter(({ alert }) => alert === 'ErrorBudgetBurn');
    const ratio = /ratio_rate(\w+) > ([\d.]+)/g;
    expect(burns.map(({ expr }) => [...expr.matchAll(ratio)].map(([, ...both]) => both))).toEqual([
      [
        ['1h', '0.144'],
        ['5m', '0.144'],
      ],
      [
        ['6h', '0.06'],
        ['30m', '0.06'],
      ],
      [
        ['1d', '0.03'],
        ['2h', '0.03'],
      ],
      [
        ['3d', '0.01'],
        ['6h', '0.01'],
      ],
    ]);
  });

  test.each(alerts.filter(({ expr }) => /:p95_|:ratio_rate/.test(expr)))(
    '$alert wants a number of samples in each window, %#',
    ({ expr }) => {
      const windows = [...expr.matchAll(/(?:p95_|ratio_rate)(\w+)\S* [<>]/g)].map(([, w]) => w);
      const counted = [...expr.matchAll(/:increase(\w+)\S* >= \d+/g)].map(([, w]) => w);
      expect(counted).toEqual(windows);
    },
  );

  test('have thresholds that are bounds of their buckets', () => {
    const found = alerts.flatMap(({ expr }) => [
      ...expr.matchAll(/:(\w+_seconds):p95_5m\S* > ([\d.]+)/g),
    ]);
    expect(found).toHaveLength(3);
    for (const [, metric, threshold] of found) {
      const bounds = METRICS.get(`${metric}_bucket`)?.labels.get('le');
      expect([...(bounds ?? [])], `${metric} > ${threshold}`).toContain(threshold);
    }
  });

  test.each(alerts)('$alert says what is the matter, %#', ({ annotations }) => {
    const { summary, description } = annotations;
    expect(summary).toMatch(/^[A-Z][^{}]+[^.]$/);
    expect(description).toMatch(/\{\{ \$labels\.\w+ \}\}|\{\{ \$value .*\}\}/);
    expect(description).toMatch(/\.$/);
  });
});

describe('what is asked for', () => {
  const recorded = new Set(recordings.map(({ record }) => record));

  test('is there: metrics and recordings', () => {
    for (const { expr } of rules) {
      for (const name of namesIn(expr)) {
        expect(METRICS.has(name) || recorded.has(name), `${name} in ${expr}`).toBe(true);
      }
    }
    expect(namesIn('sum without (job) (rate(x:y{a="b c"}[5m] offset 1h)) > bool 1e3')).toEqual([
      'x:y',
    ]);
  });

  test('keeps every label that it does not sum over: environments stay apart', () => {
    for (const { expr } of rules) expect(expr).not.toMatch(/\b(by|on)\s*\(/);
  });

  test('are recordings that are named level:metric:operations, each once', () => {
    expect(recorded.size).toBe(recordings.length);
    for (const name of recorded) expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
  });

  test('is every recording, by an alert or another recording', () => {
    const asked = new Set(rules.flatMap(({ expr }) => namesIn(expr)));
    expect([...recorded].filter((name) => !asked.has(name))).toEqual([]);
  });

  test('has no label that the metric does not have', () => {
    const sum = (over: string[]) =>
      sumOf('rate', { metric: 'chatapi_request_total', over, equal: { status: 'error' } }, '5m');
    expect(sum(['instance', 'model'])).toBe(
      'sum without (instance, model) (rate(chatapi_request_total{status="error"}[5m]))',
    );
    expect(() => sum(['endpoint'])).toThrow('chatapi_request_total has no label endpoint');
  });
});
