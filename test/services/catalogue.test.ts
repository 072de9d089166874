import { describe, expect, test } from 'vitest';
import { gaugesAt } from '../../src/instruments/gauges.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { baseUnits, type Instrument } from '../../src/services/service.js';
import { SCENARIOS } from '../../src/world/scenarios.js';
import { emptyTotal } from '../../src/world/total.js';
import { CHATAPI, DOCSTORE, incident, stretch, sum, VECTORLENS, worldOf } from '../world/worlds.js';

const MODELS = ['gpt-5-mini', 'claude-haiku-4.5', 'claude-sonnet'];
const STATUS = ['success', 'error'];

/** The catalogue: what users' queries and dashboards rely on. */
const CATALOGUE: Record<string, [name: string, kind: string, labels: Record<string, string[]>][]> =
  {
    vectorlens: [
      [
        'vectorlens_request_total',
        'counter',
        { endpoint: ['search', 'answer', 'ingest'], status: STATUS },
      ],
      [
        'vectorlens_request_duration_seconds',
        'histogram',
        { endpoint: ['search', 'answer', 'ingest'] },
      ],
      ['vectorlens_http_requests_in_progress', 'gauge', {}],
      [
        'vectorlens_error_total',
        'counter',
        { type: ['timeout', 'docstore', 'llm', 'rate_limited', 'invalid_request'] },
      ],
      ['vectorlens_docstore_error_total', 'counter', {}],
      ['vectorlens_llm_error_total', 'counter', {}],
      ['vectorlens_retrieval_duration_seconds', 'histogram', {}],
      [
        'vectorlens_cache_lookup_total',
        'counter',
        { cache: ['semantic', 'embedding'], result: ['hit', 'miss'] },
      ],
      ['vectorlens_relevance_score', 'histogram', {}],
      ['vectorlens_context_precision', 'histogram', {}],
    ],
    docstore: [
      [
        'documentstore_request_total',
        'counter',
        { operation: ['search', 'get', 'put'], status: STATUS },
      ],
      [
        'documentstore_request_duration_seconds',
        'histogram',
        { operation: ['search', 'get', 'put'] },
      ],
      ['documentstore_error_total', 'counter', { type: ['timeout', 'throttled', 'unavailable'] }],
      ['documentstore_docs_returned', 'histogram', {}],
      ['documentstore_read_units_total', 'counter', {}],
      ['documentstore_write_units_total', 'counter', {}],
      ['documentstore_storage_bytes', 'gauge', {}],
      ['documentstore_cost_dollars_total', 'counter', { kind: ['read', 'write', 'storage'] }],
    ],
    chatapi: [
      ['chatapi_request_total', 'counter', { model: MODELS, status: STATUS }],
      ['chatapi_request_duration_seconds', 'histogram', { model: MODELS }],
      ['chatapi_time_to_first_token_seconds', 'histogram', { model: MODELS }],
      ['chatapi_http_requests_in_progress', 'gauge', {}],
      [
        'chatapi_error_total',
        'counter',
        { type: ['rate_limited', 'timeout', 'server_error', 'content_filter', 'context_length'] },
      ],
      ['chatapi_tokens_input_total', 'counter', { model: MODELS }],
      ['chatapi_tokens_output_total', 'counter', { model: MODELS }],
      ['chatapi_cost_dollars_total', 'counter', { model: MODELS }],
      ['chatapi_rate_limit_remaining', 'gauge', { model: MODELS }],
    ],
  };

/** Every combination of label values. */
function labelSets(labels: Record<string, string[]>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (sets, [name, values]) =>
      sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe.each(SERVICES)('$name', (service) => {
  test('declares the instruments of the catalogue, with all their label sets', () => {
    const declared = service.instruments.map(({ name, kind, labels, series }) => ({
      name,
      kind,
      labels: [...labels].sort(),
      series: series.map((each) => each.labels).toSorted(byText),
    }));
    expect(declared).toEqual(
      CATALOGUE[service.name]!.map(([name, kind, labels]) => ({
        name,
        kind,
        labels: Object.keys(labels).sort(),
        series: labelSets(labels).toSorted(byText),
      })),
    );
  });

  test('says what each instrument tells, in a sentence', () => {
    for (const { help } of service.instruments) expect(help).toMatch(/^[A-Z].+\.$/);
  });

  test('reads zeros from an empty total', () => {
    const total = emptyTotal(service.model);
    for (const instrument of service.instruments) {
      if (instrument.kind !== 'counter') continue;
      expect(instrument.series.map((each) => each.read(total))).toEqual(
        instrument.series.map(() => 0),
      );
    }
  });

  test('every series is reached in a day, except failures that are rare', () => {
    const world = worldOf({ rate: 50 });
    const start = 20_700 * 86_400;
    const total = stretch(world, service.model, start, start + 7200);
    for (const instrument of service.instruments) {
      if (instrument.kind === 'counter') {
        for (const { labels, read } of instrument.series) {
          expect(read(total), `${instrument.name} ${JSON.stringify(labels)}`).toBeGreaterThan(0);
        }
      }
      if (instrument.kind === 'histogram') {
        for (const { histogram } of instrument.series) {
          expect(sum(total.buckets[histogram]!)).toBeGreaterThan(0);
        }
      }
    }
  });

  test('bounds ascend, are whole units, and print as short decimals', () => {
    for (const { bounds, scale } of service.model.shape.histograms) {
      expect(bounds.every(Number.isSafeInteger)).toBe(true);
      expect([...bounds]).toEqual(bounds.toSorted((a, b) => a - b));
      for (const bound of bounds) expect(String(bound / scale)).toMatch(/^\d+(\.\d{1,4})?$/);
    }
  });
});

test('every alert threshold is a bound of its histogram', () => {
  const bounds = (service: typeof VECTORLENS, name: string) => {
    const instrument = service.instruments.find((each) => each.name === name) as Instrument & {
      kind: 'histogram';
    };
    return instrument.series.map(({ histogram }) => {
      const shape = service.model.shape.histograms[histogram]!;
      return shape.bounds.map((bound) => bound / shape.scale);
    });
  };
  for (const each of bounds(VECTORLENS, 'vectorlens_request_duration_seconds')) {
    expect(each).toEqual(expect.arrayContaining([2, 15]));
  }
  for (const each of bounds(CHATAPI, 'chatapi_request_duration_seconds')) {
    expect(each).toEqual(expect.arrayContaining([15]));
  }
  for (const each of bounds(CHATAPI, 'chatapi_time_to_first_token_seconds')) {
    expect(each).toEqual(expect.arrayContaining([3]));
  }
});

test('gauges read what the minute says', () => {
  const world = worldOf({ rate: 20 });
  const minute = 29_500_000;
  const gauge = (service: typeof VECTORLENS, name: string) => {
    const instrument = service.instruments.find((each) => each.name === name)!;
    if (instrument.kind !== 'gauge') throw new Error(name);
    const tally = world.tally(service.model, minute);
    const storedBytes = world.storedBytes(minute * 60);
    return instrument.series.map((each) =>
      each.read({ minute: world.minute(minute), tally, storedBytes }),
    );
  };
  // Little's law: requests a second × mean seconds.
  const { sums, counts } = world.tally(VECTORLENS.model, minute);
  const meanSeconds = (sums[0]! + sums[1]! + sums[2]!) / 1e6 / sum(counts);
  expect(gauge(VECTORLENS, 'vectorlens_http_requests_in_progress')[0]).toBeCloseTo(
    (sum(counts) / 60) * meanSeconds,
    9,
  );
  const calls = gauge(CHATAPI, 'chatapi_http_requests_in_progress')[0]!;
  expect(calls).toBeGreaterThan(1);
  expect(calls).toBeLessThan(20);
  const { limits, calls: expected } = world.minute(minute).conditions;
  expect(gauge(CHATAPI, 'chatapi_rate_limit_remaining')).toEqual(
    limits.map((limit, model) => Math.round(limit - expected[model]!)),
  );
  expect(limits).toEqual([5000, 4000, 3000]);
  expect(gauge(DOCSTORE, 'documentstore_storage_bytes')).toEqual([world.storedBytes(minute * 60)]);
});

test('without traffic nothing happens, and every gauge is a number', () => {
  const minute = 29_800_000;
  const change = { set: { traffic: 0 } };
  const world = worldOf({ incidents: [incident(minute, minute + 1, change)] });
  for (const service of SERVICES) {
    const tally = world.tally(service.model, minute);
    expect([sum(tally.counts), sum(tally.sums), sum(tally.buckets.flatMap((b) => [...b]))]).toEqual(
      [0, 0, 0],
    );
    for (const gauges of gaugesAt(world, service, (minute + 1) * 60, 2)) {
      expect(gauges.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }
  }
  const remaining = SERVICES[2]!.instruments.find(({ name }) => name.endsWith('limit_remaining'));
  if (remaining?.kind !== 'gauge') throw new Error('no gauge');
  const tally = world.tally(CHATAPI.model, minute);
  const at = { minute: world.minute(minute), tally, storedBytes: 0 };
  expect(remaining.series.map(({ read }) => read(at))).toEqual([250, 200, 150]);
});

test('baseUnits is right to the last digit, past 2^53 too', () => {
  expect(baseUnits(1_500_000n, 1e6)).toBe(1.5);
  expect(baseUnits(100_000n, 1e6)).toBe(0.1);
  expect(baseUnits(9_007_199_254_740_993n, 1e6)).toBe(9_007_199_254.740993);
  expect(baseUnits(0n, 1e6)).toBe(0);
});

test('scenarios have names of their own', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
