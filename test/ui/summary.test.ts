import { expect, test } from 'vitest';
import { createPalette } from '../../src/ui/colours.js';
import { renderSummary } from '../../src/ui/render-summary.js';
import { type RunFacts, summarise } from '../../src/ui/summary.js';
import { largeProgress, sampleProgress, sampleService, widest } from './samples.js';

const plain = createPalette(false);
const facts: RunFacts = {
  ...{ runId: 'cafe0001', seed: '42', gateway: 'http://localhost:9091', scenario: null },
  ...{ start: '2026-01-05T10:00:00Z', end: '2026-01-05T10:01:00Z', incidents: [], failures: [] },
  ...{ stoppedBy: null, embedded: false },
};
const done = sampleProgress({ elapsed: 60 });
const render = (columns: number, changes: Partial<RunFacts> = {}, progress = done) =>
  renderSummary(summarise(progress, { ...facts, ...changes }), plain, columns);

test('nothing to see where the gateway ended with the run', () => {
  const text = render(120, { gateway: 'http://127.0.0.1:9091/', embedded: true });
  expect(text).toMatch(/^gateway {3}http:\/\/127.0.0.1:9091 \(embedded\)$/m);
  expect(text).not.toMatch(/^see /m);
});

test('at 120 columns', () => {
  expect(render(120, { ledgerPath: 'out/ledger.json' })).toMatchInlineSnapshot(`
    "service     jobs  requests  errors     %    p95     cost  pushes ok  retried  failed  overtaken
    vectorlens     1        26       0  0.0%  210ms        –          5        0       0          0
    docstore       1        31       0  0.0%   87ms        –          5        0       0          0
    chatapi        1        24       1  4.2%  1.24s  $0.0312          5        0       0          0
    total          3         –       –     –      –  $0.0312         15        0       0          0

    world     2026-01-05 10:00:00–10:01:00 UTC (1m00s)
    seed      42, run cafe0001
    scenario  none
    gateway   http://localhost:9091
    see       http://localhost:9091/metrics
    ledger    out/ledger.json
    "
  `);
});

test('at 80 columns the table is cut in two', () => {
  expect(render(80)).toMatchInlineSnapshot(`
    "service     jobs  requests  errors     %    p95     cost
    vectorlens     1        26       0  0.0%  210ms        –
    docstore       1        31       0  0.0%   87ms        –
    chatapi        1        24       1  4.2%  1.24s  $0.0312
    total          3         –       –     –      –  $0.0312

    service     pushes ok  retried  failed  overtaken
    vectorlens          5        0       0          0
    docstore            5        0       0          0
    chatapi             5        0       0          0
    total              15        0       0          0

    world     2026-01-05 10:00:00–10:01:00 UTC (1m00s)
    seed      42, run cafe0001
    scenario  none
    gateway   http://localhost:9091
    see       http://localhost:9091/metrics
    "
  `);
});

test('at 40 columns', () => {
  expect(render(40)).toMatchInlineSnapshot(`
    "service     jobs  requests  errors     %
    vectorlens     1        26       0  0.0%
    docstore       1        31       0  0.0%
    chatapi        1        24       1  4.2%
    total          3         –       –     –

    service       p95     cost  pushes ok
    vectorlens  210ms        –          5
    docstore     87ms        –          5
    chatapi     1.24s  $0.0312          5
    total           –  $0.0312         15

    service     retried  failed  overtaken
    vectorlens        0       0          0
    docstore          0       0          0
    chatapi           0       0          0
    total             0       0          0

    world     2026-01-05 10:00:00–10:01:00
              UTC (1m00s)
    seed      42, run cafe0001
    scenario  none
    gateway   http://localhost:9091
    see       http://localhost:9091/metrics
    "
  `);
});

test('no line is longer than the terminal, and nothing is left out', () => {
  for (const progress of [done, largeProgress()]) {
    for (let columns = 48; columns <= 200; columns++) {
      const text = render(columns, { ledgerPath: 'l.json', scenario: 'error-burst' }, progress);
      expect(widest(text), `${columns} columns`).toBeLessThanOrEqual(columns);
      for (const word of ['jobs', 'retried', 'overtaken', 'cafe0001', '/metrics', 'l.json']) {
        expect(text).toContain(word);
      }
    }
  }
});

test('a URL and a path stay whole', () => {
  const gateway = 'https://pushgateway.monitoring.example.com/team/rag/';
  expect(render(40, { gateway })).toContain(
    'see       https://pushgateway.monitoring.example.com/team/rag/metrics\n',
  );
});

test('one service needs no total; a stopped run says so', () => {
  const progress = sampleProgress({ services: [sampleService()], speed: 60 });
  expect(render(120, { stoppedBy: 'SIGINT' }, progress)).toMatchInlineSnapshot(`
    "service     jobs  requests  errors     %    p95  cost  pushes ok  retried  failed  overtaken
    vectorlens     1        26       0  0.0%  210ms     –          5        0       0          0

    world     2026-01-05 10:00:00–10:01:00 UTC (25s of 1m00s at 60×, stopped by SIGINT)
    seed      42, run cafe0001
    scenario  none
    gateway   http://localhost:9091
    see       http://localhost:9091/metrics
    "
  `);
});

test('nothing happened', () => {
  const service = sampleService({ requests: 0, p95: undefined });
  const row = render(120, {}, sampleProgress({ services: [service] })).split('\n')[1];
  expect(row).toMatchInlineSnapshot(
    `"vectorlens     1         0       0  –    –     –          5        0       0          0"`,
  );
  expect(render(80, {}, sampleProgress({ services: [] }))).toContain('total       0');
});

test('incidents with their times, and the date where it is another', () => {
  const incidents = [
    { name: 'latency-spike', from: '2026-01-05T23:50:00Z', to: '2026-01-05T23:59:00Z' },
    { name: 'error-burst', from: '2026-01-06T00:10:00Z', to: '2026-01-06T00:25:00Z' },
  ];
  const text = render(120, { scenario: 'bad-day', incidents, end: '2026-01-06T10:00:00Z' });
  expect(text).toContain('world     2026-01-05 10:00:00 – 2026-01-06 10:00:00 UTC (1m00s)\n');
  expect(text).toContain(
    'scenario  bad-day (latency-spike 23:50–23:59, error-burst 2026-01-06 00:10–00:25)\n',
  );
  expect(render(120, { scenario: 'bad-day' })).toContain('scenario  bad-day (no incident)\n');
});

test('groups that failed alike share a line; what they answered cannot touch the terminal', () => {
  const refused = 'connect ECONNREFUSED 127.0.0.1:9091';
  const failures = [
    ...['a/0', 'a/1', 'a/2', 'a/3', 'a/4'].map((group) => ({ group, error: refused })),
    { group: 'b', error: '400:\n \x1b[31mclash\x1b[39m\x07' },
    ...['c', 'd', 'e', 'f'].map((group) => ({ group, error: `own ${group}` })),
  ];
  expect(render(120, { failures }).split('see ')[1]).toMatchInlineSnapshot(`
    "      http://localhost:9091/metrics
    failed    a/0, a/1, a/2 and 2 more: connect ECONNREFUSED 127.0.0.1:9091
    failed    b: 400: clash
    failed    c: own c
    failed    d: own d
    failed    e: own e
    failed    and 1 other error
    "
  `);
});

test('what is wrong is red, and without colour there is no escape', () => {
  const pushes = { ok: 5, failed: 2, retried: 0, overtaken: 0 };
  const progress = sampleProgress({ services: [sampleService({ errors: 13, pushes })] });
  const summary = summarise(progress, { ...facts, failures: [{ group: 'a', error: 'b' }] });
  const painted = renderSummary(summary, createPalette(true), 120);
  for (const text of ['13', '50.0%', '2', 'failed']) {
    expect(painted).toContain(`\x1b[31m${text}\x1b[39m`);
  }
  expect(renderSummary(summary, plain, 120)).not.toContain('\x1b');
});

test('as JSON', () => {
  expect(JSON.parse(JSON.stringify(summarise(done, facts)))).toEqual({
    ...facts,
    ...{ elapsed: 60, duration: 60, speed: 1 },
    services: [
      { name: 'vectorlens', p95: 0.21, jobs: 1, requests: 26, errors: 0, cost: null },
      { name: 'docstore', p95: 0.087, jobs: 1, requests: 31, errors: 0, cost: null },
      { name: 'chatapi', p95: 1.24, jobs: 1, requests: 24, errors: 1, cost: 0.0312 },
    ].map((service) => ({ ...service, pushes: { ok: 5, retried: 0, failed: 0, overtaken: 0 } })),
    total: {
      ...{ jobs: 3, requests: 81, errors: 1, cost: 0.0312 },
      pushes: { ok: 15, retried: 0, failed: 0, overtaken: 0 },
    },
  });
});
