import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/stack/metrics.js';
import { sumOf } from '../../src/stack/rules/expr.js';
import { paceOf } from '../../src/stack/rules/pace.js';
import type { Alert, Recording, RuleFile } from '../../src/stack/rules/rule.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { RUNBOOK } from '../../src/stack/rules/runbook.js';
import { ruleText } from '../../src/stack/rules/yaml.js';

const ALERTS = new URL('../../alerts/', import.meta.url);
const files = rulesFor();
const rules = Object.values(files).flatMap(rulesOf);
const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
const recordings = rules.filter((rule): rule is Recording => 'record' in rule);

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

  test('have a section in the runbook each, and it has no others', () => {
    const text = readFileSync(new URL('README.md', ALERTS), 'utf8');
    const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title!);
    expect(sections.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toBe(`${RUNBOOK}#${alert.toLowerCase()}`);
    }
    for (const title of sections) {
      const section = text.split(`\n### ${title}\n`)[1]!.split('\n### ')[0]!;
      for (const part of ['**What it means.**', '**What to look at.**', '**What to do.**']) {
        expect(section, title).toContain(part);
      }
    }
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

describe('the runbook', () => {
  test('asks for what there is', () => {
    const text = readFileSync(new URL('README.md', ALERTS), 'utf8');
    const queries = [...text.matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, block]) =>
      block!.trim().split('\n'),
    );
    expect(queries.length).toBeGreaterThan(10);
    const recorded = new Set(recordings.map(({ record }) => record));
    for (const query of queries) {
      for (const name of namesIn(query.replace(/#.*/, ''))) {
        expect(METRICS.has(name) || recorded.has(name), `${name} in ${query}`).toBe(true);
      }
    }
  });
});

describe('the pace', () => {
  test.each([
    [1, '5h30m', '5h30m'],
    [1 / 60, '5h30m', '330000ms'],
    [1 / 60, '5m', '5000ms'],
    [1 / 60, '3d', '4320000ms'],
    [1e-9, '5m', '1ms'],
  ])('%d makes %s %s', (scale, span, expected) => {
    expect(paceOf(scale).span(span)).toBe(expected);
  });

  test('leaves a wait its second: nothing is scraped more often', () => {
    expect([paceOf(1 / 60).wait('2m'), paceOf(1 / 300).wait('2m')]).toEqual(['2000ms', '1000ms']);
    expect(paceOf(1).wait('5m')).toBe('5m');
    for (const { groups } of Object.values(rulesFor({ scale: 1 / 1000 }))) {
      for (const { interval = '1000ms', rules } of groups) {
        const waits = rules.flatMap((rule) => ('for' in rule ? [rule.for] : []));
        for (const wait of [interval, ...waits]) {
          expect(Number.parseInt(wait!, 10)).toBeGreaterThanOrEqual(1000);
        }
      }
    }
  });

  test('changes windows and waits, and nothing else', () => {
    const faster = Object.values(rulesFor({ scale: 1 / 60 })).flatMap(rulesOf);
    expect(faster).toHaveLength(rules.length);
    faster.forEach((fast, i) => {
      const rule = rules[i]!;
      expect(shape(fast.expr)).toBe(shape(rule.expr));
      if (!('alert' in fast) || !('alert' in rule)) return;
      expect({ ...fast, expr: '', for: '' }).toEqual({ ...rule, expr: '', for: '' });
      if (rule.for === '5m') expect(fast.for).toBe('5000ms');
    });
    expect(JSON.stringify(faster)).toContain('[5000ms] offset 55000ms');
    expect(JSON.stringify(faster)).toContain('time() - push_time_seconds > 15)');
  });
});

function rulesOf({ groups }: RuleFile): (Alert | Recording)[] {
  return groups.flatMap((group) => group.rules);
}

/** An expression with its durations, and the seconds that stand for one, left out. */
function shape(expr: string): string {
  return expr
    .replace(/\[\w+\]|offset \w+/g, '_')
    .replace(/(time\(\) - .*[<>]|^\) >|< time\(\) -) [\d.]+/gm, '$1 _');
}

const WORDS = new Set('and or unless without by ignoring on offset bool'.split(' '));

/** The metrics that an expression names. */
function namesIn(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(without|by|ignoring|on)\s*\([^)]*\)/g, ' ')
    .replace(/\boffset \w+/g, ' ');
  const names = bare.match(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g) ?? [];
  return names.filter((name) => !WORDS.has(name));
}
