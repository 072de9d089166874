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

  test('what an alias or a merge stands for is read, in the line in which that is written', async () => {
    const { code, lines } = await check({
      'r.yml': `
common: &common {severity: page, model: any}
more: &more
  - {alert: More, expr: no_more}
groups:
  - name: mine
    rules:
      - alert: A
        expr: &q |
          vectorlens_request_total > 1
        labels: &labels
          <<: *common
        annotations: &texts
          good: '{{ $labels.severity }} {{ $labels.model }}'
          bad: '{{ $labels.nosuch }}'
      - alert: B
        expr: *q
        labels: *labels
        annotations: *texts
      - &c
        alert: C
        expr: &no no_one > 1
      - <<: *c
        alert: D
      - record: job:up:max
        expr: max by (job) (up)
        labels: {window: &window 5m}
      - record: job:down:max
        expr: max by (job) (up)
        labels: {window: *window}
      - alert: E
        expr: job:down:max{window="5m"} == 0
  - &group
    name: aliased
    rules: *more
  - *group
${Array.from({ length: 200 }, () => '  - {name: x, rules: [{record: a, expr: *no}]}').join('\n')}
`,
    });
    expect(code).toBe(3);
    const bad = 'its result has no label nosuch, named in its annotations';
    expect(lines.slice(0, 7)).toEqual([
      `r.yml:10: alert A: ${bad}`,
      `r.yml:17: alert B: ${bad}`,
      'r.yml:22: alert C: there is no metric no_one',
      'r.yml:23: alert D: there is no metric no_one',
      'r.yml:35: alert More: there is no metric no_more',
      'r.yml:36: alert More: there is no metric no_more',
      'r.yml:37: record a: there is no metric no_one',
    ]);
  });

  test.each([
    ['- {alert: A}', 'alert A: it has no expr'],
    ['- {alert: A, expr: }', 'alert A: it has no expr'],
    ['- {alert: A, expr: [up]}', 'alert A: its expr is no text'],
    ['- {alert: A, expr: &it [*it]}', 'alert A: its expr is no text'],
    ['- {record: a:b, expr: {up: 1}}', 'record a:b: its expr is no text'],
    ['- up', 'alert without a name: it has no expr'],
    ['up', 'alert without a name: it has no expr'],
  ])('without a query none passes: %s', async (rule, found) => {
    const { code, lines } = await check({ 'r.yml': rules(`      ${rule}\n`) });
    expect(code).toBe(3);
    expect(lines).toEqual([`r.yml:4: ${found}`, '1 file, 1 query: 1 query that is no PromQL']);
  });

  test('nor does what is no group', async () => {
    const { lines } = await check({ 'r.yml': 'groups:\n  - mine\n  - {name: empty}\n' });
    expect(lines[0]).toBe('r.yml:2: alert without a name: it has no expr');
    expect(lines).toHaveLength(2);
  });

  test.each([
    ['*nosuch', 'Unresolved alias .*: nosuch'],
    ['{<<: 1}', 'Merge sources must be maps'],
  ])('an alias or a merge of nothing is no YAML: %s', async (expr, reason) => {
    const { code, err } = await check({
      'r.yml': rules(`      - {alert: A, expr: ${expr}}\n`),
    });
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^ragmon: r\\.yml: it is no YAML: ${reason}`));
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
