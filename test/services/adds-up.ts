import { expect } from 'vitest';
import type { Service } from '../../src/services/service.js';
import { greatestSum, leastSum } from '../../src/world/tally.js';
import type { Total } from '../../src/world/total.js';
import { CHATAPI, DOCSTORE, histogram, read, sum, VECTORLENS } from '../world/worlds.js';

// Property 5 of the world, as sums over the series that the services declare.

/** Checks every sum that must hold within one service, in any stretch of time and for any job. */
export function expectItAddsUp(service: Service, total: Total): void {
  const { shape } = service.model;
  const numbers = [...total.counts, ...total.amounts, ...total.buckets.flatMap((b) => [...b])];
  expect(numbers.every((n) => Number.isSafeInteger(n) && n >= 0)).toBe(true);
  expect(total.money.every((money) => money >= 0n)).toBe(true);
  shape.histograms.forEach(({ of, bounds }, h) => {
    const count = sum(of.map((index) => total.counts[index]!));
    expect(sum(total.buckets[h]!)).toBe(count);
    expect(Number(total.sums[h])).toBeGreaterThanOrEqual(leastSum(bounds, total.buckets[h]!));
    expect(Number(total.sums[h])).toBeLessThanOrEqual(greatestSum(bounds, total.buckets[h]!));
  });
  CHECKS[service.name]!(total);
}

const CHECKS: Record<string, (total: Total) => void> = {
  vectorlens(total) {
    const counter = (name: string, labels = {}) => read(VECTORLENS, name, total, labels);
    const observed = (name: string, labels = {}) =>
      sum(histogram(VECTORLENS, name, total, labels).buckets);
    for (const endpoint of ['search', 'answer', 'ingest']) {
      expect(observed('vectorlens_request_duration_seconds', { endpoint })).toBe(
        counter('vectorlens_request_total', { endpoint }),
      );
    }
    expect(counter('vectorlens_error_total')).toBe(
      counter('vectorlens_request_total', { status: 'error' }),
    );
    expect(counter('vectorlens_docstore_error_total')).toBe(
      counter('vectorlens_error_total', { type: 'docstore' }),
    );
    expect(counter('vectorlens_llm_error_total')).toBe(
      counter('vectorlens_error_total', { type: 'llm' }),
    );
    const refused =
      counter('vectorlens_error_total', { type: 'timeout' }) +
      counter('vectorlens_error_total', { type: 'rate_limited' }) +
      counter('vectorlens_error_total', { type: 'invalid_request' });
    const answers = { endpoint: 'answer', status: 'success' };
    // Every accepted answer asks the semantic cache; every accepted query needs an embedding.
    const semantic = counter('vectorlens_cache_lookup_total', { cache: 'semantic' });
    const hits = counter('vectorlens_cache_lookup_total', { cache: 'semantic', result: 'hit' });
    const embeddings = counter('vectorlens_cache_lookup_total', { cache: 'embedding' });
    const queries =
      counter('vectorlens_request_total', { endpoint: 'search' }) +
      counter('vectorlens_request_total', { endpoint: 'answer' });
    expect(semantic).toBeLessThanOrEqual(
      counter('vectorlens_request_total', answers) +
        counter('vectorlens_docstore_error_total') +
        counter('vectorlens_llm_error_total'),
    );
    expect(hits).toBeLessThanOrEqual(counter('vectorlens_request_total', answers));
    expect(embeddings).toBeLessThanOrEqual(queries);
    expect(embeddings).toBeGreaterThanOrEqual(queries - refused);
    const answered = counter('vectorlens_request_total', answers);
    expect(observed('vectorlens_relevance_score')).toBe(answered);
    expect(observed('vectorlens_context_precision')).toBe(answered);
    // A retrieval that succeeded: each search that did, each uncached answer, each LLM failure.
    expect(observed('vectorlens_retrieval_duration_seconds')).toBe(
      counter('vectorlens_request_total', { endpoint: 'search', status: 'success' }) +
        answered -
        hits +
        counter('vectorlens_llm_error_total'),
    );
  },
  docstore(total) {
    const counter = (name: string, labels = {}) => read(DOCSTORE, name, total, labels);
    const name = 'documentstore_request_duration_seconds';
    for (const operation of ['search', 'get', 'put']) {
      expect(sum(histogram(DOCSTORE, name, total, { operation }).buckets)).toBe(
        counter('documentstore_request_total', { operation }),
      );
    }
    expect(counter('documentstore_error_total')).toBe(
      counter('documentstore_request_total', { status: 'error' }),
    );
    const ok = (operation: string) =>
      counter('documentstore_request_total', { operation, status: 'success' });
    expect(sum(histogram(DOCSTORE, 'documentstore_docs_returned', total).buckets)).toBe(
      ok('search'),
    );
    // Each operation that succeeded is billed one unit at least.
    expect(counter('documentstore_read_units_total')).toBeGreaterThanOrEqual(
      ok('search') + ok('get'),
    );
    expect(counter('documentstore_write_units_total')).toBeGreaterThanOrEqual(ok('put'));
  },
  chatapi(total) {
    const counter = (name: string, labels = {}) => read(CHATAPI, name, total, labels);
    const observed = (name: string, labels = {}) =>
      sum(histogram(CHATAPI, name, total, labels).buckets);
    const { series } = CHATAPI.instruments.find(
      ({ name }) => name === 'chatapi_tokens_input_total',
    )!;
    for (const { labels } of series) {
      const ok = counter('chatapi_request_total', { ...labels, status: 'success' });
      expect(observed('chatapi_request_duration_seconds', labels)).toBe(
        counter('chatapi_request_total', labels),
      );
      expect(observed('chatapi_time_to_first_token_seconds', labels)).toBe(ok);
      for (const side of ['input', 'output']) {
        const tokens = counter(`chatapi_tokens_${side}_total`, labels);
        if (ok === 0) expect(tokens).toBe(0);
      }
    }
    expect(counter('chatapi_error_total')).toBe(
      counter('chatapi_request_total', { status: 'error' }),
    );
  },
};
