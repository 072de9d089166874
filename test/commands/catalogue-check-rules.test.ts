import { describe, expect, test } from 'vitest';
import { check, dashboard, panel, rules } from './catalogue-checked.js';

describe('rules', () => {
  test('lines of the file, also within a block', async () => {
    const { lines } = await check({
      'r.yml': rules(`
      - alert: Literal
        expr: |
          sum(vectorlens_request_total)
            / sum(no_one)
            / sum(no_two)
      - alert: Folded
        expr: >-
          sum(vectorlens_request_total)
            / sum(no_three)
      - {alert: Flow, expr: "no_four > 1"}
      - alert: Number
        expr: 1
      - alert: Broken
        expr: sum(rate(up[5m])
`),
    });
    expect(lines).toEqual([
      'r.yml:8: alert Literal: there is no metric no_one',
      'r.yml:9: alert Literal: there is no metric no_two',
      'r.yml:12: alert Folded: there is no metric no_three',
      'r.yml:14: alert Flow: there is no metric no_four',
      'r.yml:18: alert Broken: it is no PromQL: it ends too early',
      '1 file, 5 queries: 4 metrics that nobody emits, 1 query that is no PromQL',
    ]);
  });

  test('what they record is known, in every file and order, with its labels', async () => {
    const files = {
      'a.yml': rules(`
      - alert: A
        expr: job:errors:ratio{window="5m", team="rag"} > 0.1 and on (job) up
      - alert: B
        expr: sum by (endpoint) (job:errors:ratio{window="1h", color="red"}) > 0.1
`),
      'b.yml': rules(`
      - record: job:errors:ratio
        expr: sum by (job) (rate(vectorlens_error_total[5m]))
        labels: {window: 5m, team: rag}
`),
      'd.json': dashboard(panel('P', { expr: 'job:errors:ratio + job:error:ratio' })),
    };
    const { lines } = await check(files);
    expect(lines).toEqual([
      'a.yml:8: alert B: job:errors:ratio: window is never "1h"',
      'a.yml:8: alert B: job:errors:ratio has no label color',
      'a.yml:8: alert B: job:errors:ratio{window="1h", color="red"} has no label endpoint, named in by',
      'd.json: panel "P": there is no metric job:error:ratio; perhaps job:errors:ratio?',
      '3 files, 4 queries: 1 metric, 2 labels and 1 value that nobody emits',
    ]);
    const { 'b.yml': _, ...without } = files;
    expect((await check(without)).lines.at(-1)).toBe(
      '2 files, 3 queries: 4 metrics that nobody emits',
    );
  });

  test('annotations name labels of the result, or of the rule', async () => {
    const { lines } = await check({
      'r.yml': rules(`
      - alert: A
        expr: sum by (endpoint) (rate(vectorlens_request_total[5m])) > 1
        labels: {severity: page}
        annotations:
          good: '{{ $labels.endpoint }} {{ $labels.severity }} {{ $labels.alertname }}'
          bad: '{{ $labels.model | title }}'
`),
    });
    expect(lines[0]).toBe(
      'r.yml:6: alert A: its result has no label model, named in its annotations',
    );
    expect(lines).toHaveLength(2);
  });

  test('of Kubernetes, several documents in a file, as JSON', async () => {
    const rule = { record: 'a:b', expr: 'no_one' };
    const resource = { kind: 'PrometheusRule', spec: { groups: [{ name: 'g', rules: [rule] }] } };
    const { lines } = await check({
      'k8s.yml': `---\nkind: ConfigMap\n---\n${JSON.stringify(resource)}\n`,
      'rules.json': JSON.stringify({ groups: [{ name: 'g', rules: [rule] }] }),
    });
    expect(lines).toEqual([
      'k8s.yml:4: record a:b: there is no metric no_one',
      'rules.json:1: record a:b: there is no metric no_one',
      '2 files, 2 queries: 2 metrics that nobody emits',
    ]);
  });

  test('$x is no variable there', async () => {
    const { lines } = await check({ 'r.yml': rules('      - {alert: A, expr: "rate(up[$x])"}\n') });
    expect(lines[0]).toBe('r.yml:4: alert A: it is no PromQL: "$x" is not expected at character 9');
  });
});
