import { expect, test } from 'vitest';
import { looksAt, readsOf } from '../../src/stack/rules/looks-at.js';
import { VARIANTS } from '../../src/stack/rules/variants.js';

test.each<[expr: string, metrics: string[], together: boolean]>([
  ['up', ['up'], false],
  ['rate(a:b:c{job="up", x="sum without (job)"}[5m]) > 1', ['a:b:c'], false],
  ['sum without (job) (up)', ['up'], true],
  ['sum without (instance, job) (up)', ['up'], true],
  ['sum without (instance) (up)', ['up'], false],
  ['sum by (instance) (up)', ['up'], true],
  ['sum (up) by ("job", instance)', ['up'], false],
  ['sum(up)', ['up'], true],
  ['max without (job) (up)', ['up'], false],
  ['1 < max by (job) (up) / on (job) sum without(job)(down)', ['up', 'down'], true],
])('%s', (expr, metrics, together) => {
  expect(readsOf(expr)).toEqual({ metrics, together });
});

const ALL = ['vectorlens', 'docstore', 'chatapi'];

const SHIPPED: [alert: string, services: string[], together: boolean][] = [
  ['HighLatency', ['vectorlens'], false],
  ['HighAnswerLatency', ['vectorlens'], false],
  ['HighTimeToFirstToken', ['chatapi'], false],
  ['HighErrorRate', ['vectorlens'], false],
  ['ErrorBudgetBurn', ['vectorlens'], false],
  ['HighCostBurn', ['docstore', 'chatapi'], true],
  ['LowCacheHitRate', ['vectorlens'], false],
  ['RateLimitLow', ['chatapi'], false],
  ['RagTrafficMissing', ALL, false],
  ['PushgatewayGroupStale', [], false],
  ['PushgatewayPushFailing', [], false],
  ['JobNotSucceeded', [], false],
  ['PushgatewayDown', [], false],
];

test.each(SHIPPED)('%s, each variant of it, looks at %j', (alert, services, together) => {
  const variants = VARIANTS.filter((one) => nameOf(one) === alert);
  for (const name of [alert, ...variants]) {
    expect(looksAt(name), name).toEqual({ services: new Set(services), together });
  }
});

test('the table has every alert that ships; of another nothing is known', () => {
  expect(SHIPPED.map(([alert]) => alert)).toEqual([...new Set(VARIANTS.map(nameOf))]);
  expect(looksAt('NoSuch')).toEqual({ services: new Set(), together: false });
});

function nameOf(variant: string): string {
  return variant.split(' ')[0]!;
}
