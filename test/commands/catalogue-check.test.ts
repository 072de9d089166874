// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes variables so.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import type { CheckDocument } from '../../src/commands/catalogue/document.js';
import { runCli } from '../support/cli.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';
import { temporaryFolder } from '../support/processes.js';

async function check(
  files: Record<string, string>,
  argv: string[] = [],
  options: MemoryOptions = {},
) {
  const env = memoryEnv(['catalogue', '--check', ...Object.keys(files), ...argv], {
    ...options,
    files,
  });
  const code = await run(env);
  return { code, lines: env.out().split('\n').slice(0, -1), err: env.err() };
}

const panel = (title: string, ...targets: object[]) => ({ title, gridPos: {}, targets });
const dashboard = (...panels: object[]) => JSON.stringify({ title: 'Mine', panels });
const rules = (text: string) => `groups:\n  - name: mine\n    rules:\n${text}`;

describe('what people have written', () => {
  test('the rules of a chatbot: nothing in them is of these services', async () => {
    const { code, lines } = await check({
      'alert.rules.yml': `groups:
  - name: chatbot_alerts
    rules:
      - alert: HighErrorRate
        expr: rate(agent_errors_total[5m]) > 0.1
        annotations:
          summary: "High error rate detected"

      - alert: HighLatency
        expr: histogram_quantile(0.95, agent_request_duration_seconds_bucket) > 10

      - alert: HighCost
        expr: increase(llm_cost_dollars_total[1h]) > 10
`,
    });
    expect(code).toBe(3);
    expect(lines).toEqual([
      'alert.rules.yml:5: alert HighErrorRate: there is no metric agent_errors_total',
      'alert.rules.yml:10: alert HighLatency: there is no metric agent_request_duration_seconds_bucket',
      'alert.rules.yml:13: alert HighCost: there is no metric llm_cost_dollars_total',
      '1 file, 3 queries: 3 metrics that nobody emits',
    ]);
  });

  test('the rules of another RAG: each name once a rule', async () => {
    const { code, lines } = await check({
      'rag.yml': `groups:
  - name: rag-alerts
    rules:
      - alert: HighTTFT
        expr: histogram_quantile(0.95, rate(rag_ttft_seconds_bucket[5m])) > 1
        for: 5m
        annotations:
          summary: "High TTFT p95 ({{ $value }}s)"
      - alert: HighErrorRate
        expr: rate(rag_requests_total{status="error"}[5m]) / rate(rag_requests_total[5m]) > 0.05
      - alert: GPUMemoryHigh
        expr: DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE) > 0.9
`,
    });
    expect(code).toBe(3);
    expect(lines).toEqual([
      'rag.yml:5: alert HighTTFT: there is no metric rag_ttft_seconds_bucket',
      'rag.yml:10: alert HighErrorRate: there is no metric rag_requests_total',
      'rag.yml:12: alert GPUMemoryHigh: there is no metric DCGM_FI_DEV_FB_USED',
      'rag.yml:12: alert GPUMemoryHigh: there is no metric DCGM_FI_DEV_FB_FREE',
      '1 file, 3 queries: 4 metrics that nobody emits',
    ]);
  });

  test('the queries of the first page: one is a histogram’s bare name', async () => {
    const queries = [
      'vectorlens_request_total',
      'vectorlens_request_duration_seconds',
      'documentstore_request_total',
      'chatapi_request_total',
      'histogram_quantile(0.95, rate(vectorlens_request_duration_seconds_bucket[5m]))',
      'histogram_quantile(0.95, rate(documentstore_request_duration_seconds_bucket[5m]))',
      'histogram_quantile(0.95, rate(chatapi_request_duration_seconds_bucket[5m]))',
    ];
    const { lines } = await check({
      'first.json': dashboard(panel('First', ...queries.map((expr) => ({ expr })))),
    });
    expect(lines).toEqual([
      'first.json: panel "First": there is no metric vectorlens_request_duration_seconds; ' +
        'perhaps vectorlens_request_duration_seconds_bucket?',
      '1 file, 7 queries: 1 metric that nobody emits',
    ]);
  });

  test('gauges of vLLM that were renamed, with colons in their names', async () => {
    const { lines } = await check({
      'vllm.json': dashboard(panel('Cache', { expr: 'avg(vllm:gpu_cache_usage_perc) * 100' })),
    });
    expect(lines[0]).toBe('vllm.json: panel "Cache": there is no metric vllm:gpu_cache_usage_perc');
  });
});

describe('dashboards', () => {
  test('panels in rows, variables, annotations, legends', async () => {
    const { code, lines, err } = await check({
      'd.json': JSON.stringify({
        title: 'Mine',
        annotations: {
          list: [
            { name: 'Built in', datasource: { type: 'grafana' }, iconColor: 'blue' },
            { name: 'Starts', iconColor: 'red', expr: 'changes(ragmon_job_start[5m]) > 0' },
          ],
        },
        templating: {
          list: [
            { type: 'datasource', name: 'datasource', query: 'prometheus' },
            { type: 'custom', name: 'c', query: 'no_metric,b' },
            { type: 'query', name: 'job', query: 'label_values(vectorlens_request_total, job)' },
            {
              ...{ type: 'query', name: 'endpoint', definition: 'ignored' },
              query: { query: 'label_values(up{job="$job"}, endpoint)', refId: 'A' },
            },
            { type: 'query', name: 'pod', query: 'label_values(pod)' },
            { type: 'query', name: 'm', query: 'metrics(vectorlens_)' },
            { type: 'query', name: 'n', query: 'metrics(nobody_)' },
            { type: 'query', name: 'top', query: 'query_result(topk(1, chatapi_erorr_total))' },
            { type: 'query', name: 'names', query: 'label_names()' },
          ],
        },
        panels: [
          {
            ...{ type: 'row', title: 'Row', gridPos: {} },
            panels: [panel('Nested', { expr: 'sum by (modell) (chatapi_request_total)' })],
          },
          panel('Legend', {
            expr: 'sum by (model) (rate(chatapi_tokens_input_total[$__rate_interval]))',
            legendFormat: '{{model}} {{ job }}',
          }),
          { ...panel('Logs', { expr: '{app="x"} |= `y`' }), datasource: { type: 'loki' } },
          panel(
            '',
            { datasource: { type: 'prometheus', uid: '${datasource}' }, expr: 'nobody_emits' },
            { datasource: { type: '__expr__' }, expression: '$A + $B', expr: '' },
          ),
          panel('Hidden', { expr: 'sum $by (nothing_is_said_of_this)' }),
        ],
      }),
    });
    expect(code).toBe(3);
    expect(lines).toEqual([
      'd.json: annotation "Starts": there is no metric ragmon_job_start; perhaps ragmon_job_start_timestamp_seconds?',
      'd.json: variable endpoint: up{job="$job"} has no label endpoint, named in label_values',
      'd.json: variable pod: nothing has a label pod, named in label_values',
      'd.json: variable n: there is no metric .*(?:nobody_).*',
      'd.json: variable top: there is no metric chatapi_erorr_total; perhaps chatapi_error_total?',
      'd.json: panel "Nested": chatapi_request_total has no label modell, named in by; perhaps model?',
      'd.json: panel "Legend": its result has no label job, named in its legend',
      'd.json: panel without a title: there is no metric nobody_emits',
      '1 file, 11 queries: 4 metrics and 4 labels that nobody emits',
    ]);
    expect(err).toBe(
      'ragmon: d.json: panel "Hidden": not read, as a variable stands for PromQL itself\n',
    );
  });

  const target = { expr: 'nobody_emits' };
  test.each<[name: string, document: object]>([
    ['as the API wraps it', { meta: {}, dashboard: { panels: [panel('P', target)] } }],
    ['with rows, of old', { rows: [{ title: 'R', panels: [panel('P', target)] }] }],
    ['as a resource', { kind: 'Dashboard', spec: { panels: [panel('P', target)] } }],
    [
      'as a resource of elements',
      {
        spec: {
          elements: {
            'panel-1': {
              kind: 'Panel',
              spec: {
                title: 'P',
                data: {
                  kind: 'QueryGroup',
                  spec: {
                    queries: [
                      { spec: { query: { kind: 'DataQuery', group: 'prometheus', spec: target } } },
                      {
                        spec: {
                          query: { kind: 'DataQuery', group: 'loki', spec: { expr: '{a="b"}' } },
                        },
                      },
                    ],
                  },
                },
              },
            },
          },
          variables: [
            {
              kind: 'QueryVariable',
              spec: {
                name: 'job',
                query: {
                  ...{ kind: 'DataQuery', group: 'prometheus' },
                  spec: { query: 'label_values(up, job)' },
                },
              },
            },
          ],
        },
      },
    ],
  ])('%s', async (_, document) => {
    const { code, lines } = await check({ 'd.json': JSON.stringify(document) });
    expect(code).toBe(3);
    expect(lines[0]).toBe('d.json: panel "P": there is no metric nobody_emits');
    expect(lines).toHaveLength(2);
  });
});

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

describe('output', () => {
  const good = { 'good.json': dashboard(panel('P', { expr: 'sum(vectorlens_request_total)' })) };
  const bad = {
    'bad.yml': rules('      - {alert: A, expr: "sum by (x) (chatapi_request_total)"}\n'),
  };

  test('everything is there', async () => {
    expect(await check(good)).toEqual({
      code: 0,
      lines: ['1 file, 1 query: everything in them is there'],
      err: '',
    });
    expect(await check(good, ['-q'])).toEqual({ code: 0, lines: [], err: '' });
    expect(await check(bad, ['-q'])).toEqual({
      code: 3,
      lines: ['bad.yml:4: alert A: chatapi_request_total has no label x, named in by'],
      err: '',
    });
  });

  test('on a terminal in colours, the same words', async () => {
    const shown = await check(bad, [], { tty: true });
    const colour = new RegExp(`${'\x1b'}\\[\\d+m`, 'g');
    expect(shown.lines[0]).toMatch(colour);
    const plain = shown.lines.map((line) => line.replace(colour, ''));
    expect(plain).toEqual((await check(bad)).lines);
    expect((await check(bad, ['--no-color'], { tty: true })).lines).toEqual(plain);
  });

  test('as JSON', async () => {
    const { code, lines, err } = await check({ ...good, ...bad }, ['--json']);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    const document: CheckDocument = JSON.parse(lines.join('\n'));
    expect(document).toEqual({
      files: [
        { file: 'good.json', kind: 'dashboard', queries: 1 },
        { file: 'bad.yml', kind: 'rules', queries: 1 },
      ],
      findings: [
        {
          ...{ file: 'bad.yml', line: 4, place: 'alert A', kind: 'label', name: 'x' },
          query: 'sum by (x) (chatapi_request_total)',
          ...{ of: 'chatapi_request_total', label: null, by: 'by', suggestion: null },
          message: 'chatapi_request_total has no label x, named in by',
        },
      ],
      unread: [],
    });
  });

  test('of one service, with a label of its own', async () => {
    const files = {
      'd.json': dashboard(panel('P', { expr: 'chatapi_request_total{cluster="a"}' })),
    };
    expect((await check(files)).lines[0]).toMatch(/has no label cluster$/);
    expect((await check(files, ['--label', 'region,cluster'])).code).toBe(0);
    expect((await check(files, ['-s', 'docstore'])).lines[0]).toMatch(/no metric chatapi_request/);
  });
});

test.each([
  ['a.json', '{"hello": 1}', 'a.json is neither a Grafana dashboard nor a Prometheus rule file'],
  ['a.json', '{"panels": [', 'a.json: it is no JSON: '],
  ['a.yml', 'groups: [', 'a.yml:1: it is no YAML: '],
  ['a.yml', 'scrape_configs: []', 'a.yml is neither'],
  ['a.txt', 'hello', 'a.txt is neither'],
  ['a.txt', '', 'a.txt is neither'],
])('%s %j is wrong usage', async (name, text, message) => {
  const { code, lines, err } = await check({ [name]: text });
  expect({ code, lines }).toEqual({ code: 2, lines: [] });
  expect(err).toContain(`ragmon: ${message}`);
});

test('in a process of its own', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'd/a.json'), dashboard(panel('P', { expr: 'up' })));
  expect(await runCli(['catalogue', '--check', 'd/a.json'], { cwd: folder })).toMatchObject({
    ...{ code: 0, stderr: '', stdout: '1 file, 1 query: everything in them is there\n' },
  });
  expect(await runCli(['catalogue', '--check', 'd'], { cwd: folder })).toMatchObject({
    ...{ code: 2, stdout: '' },
    stderr: 'ragmon: cannot read d: EISDIR: illegal operation on a directory, read\n',
  });
});
