import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckDocument } from '../../src/commands/catalogue/document.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/processes.js';
import { check, dashboard, panel, rules } from './catalogue-checked.js';

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
