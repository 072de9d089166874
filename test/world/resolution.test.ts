import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/world/time.js';
import { addTally, addTotal, emptyTotal } from '../../src/world/total.js';
import { expectItAddsUp } from '../services/adds-up.js';
import {
  bytes,
  CHATAPI,
  cases,
  DOCSTORE,
  incident,
  read,
  stretch,
  stretches,
  totalOf,
  VECTORLENS,
  worldOf,
} from './worlds.js';

const services = fc.constantFrom(VECTORLENS, DOCSTORE, CHATAPI);

/** Ascending cuts of a stretch of seconds, its ends included. */
const cuts = fc
  .record({
    from: fc.integer({ min: 0, max: 90 }),
    inner: fc.array(fc.integer({ min: 1, max: 179 }), { maxLength: 12 }),
    length: fc.integer({ min: 1, max: 180 }),
  })
  .map(({ from, inner, length }) => {
    const middle = inner.filter((at) => at < length).sort((a, b) => a - b);
    return [0, ...middle, length].map((at) => from + at);
  });

describe('2 Resolution does not matter', () => {
  test('a minute is the sum of its seconds, and each second of its jobs; all of them add up', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(
        cases,
        services,
        fc.integer({ min: 1, max: 9 }),
        ({ options, minute }, service, jobs) => {
          const { model } = service;
          const world = worldOf(options);
          const whole = totalOf(world, model, world.tally(model, minute), minute);
          expectItAddsUp(service, whole);
          const added = emptyTotal(model);
          world.seconds(model, minute).forEach((tally, second) => {
            const here = totalOf(world, model, tally, minute);
            expectItAddsUp(service, here);
            addTotal(added, here);
            if (second % 7 !== 0) return;
            const shared = emptyTotal(model);
            for (const part of world.jobs(model, minute * MINUTE + second, jobs)) {
              const own = totalOf(world, model, part, minute);
              expectItAddsUp(service, own);
              addTotal(shared, own);
            }
            expect(bytes(shared)).toBe(bytes(here));
          });
          expect(bytes(added)).toBe(bytes(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('however a stretch is cut, in time or over jobs, its parts add up to it', () => {
    fc.assert(
      fc.property(
        cases,
        services,
        cuts,
        fc.integer({ min: 1, max: 5 }),
        ({ options, minute }, { model }, at, jobs) => {
          const start = minute * MINUTE;
          const whole = stretch(worldOf(options), model, start + at[0]!, start + at.at(-1)!);
          const world = worldOf(options);
          const added = emptyTotal(model);
          for (let i = 1; i < at.length; i++) {
            addTotal(added, stretch(world, model, start + at[i - 1]!, start + at[i]!));
          }
          expect(bytes(added)).toBe(bytes(whole));
          const shared = emptyTotal(model);
          for (const own of stretches(world, model, start + at[0]!, start + at.at(-1)!, jobs)) {
            addTotal(shared, own);
          }
          expect(bytes(shared)).toBe(bytes(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('within a job every sum holds at every tick', () => {
    fc.assert(
      fc.property(
        cases,
        services,
        cuts,
        fc.integer({ min: 2, max: 6 }),
        ({ options, minute }, service, at, jobs) => {
          const world = worldOf(options);
          const start = minute * MINUTE;
          const totals = Array.from({ length: jobs }, () => emptyTotal(service.model));
          for (let i = 1; i < at.length; i++) {
            const parts = stretches(world, service.model, start + at[i - 1]!, start + at[i]!, jobs);
            parts.forEach((part, job) => {
              addTotal(totals[job]!, part);
              expectItAddsUp(service, totals[job]!);
            });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('an hour drawn whole is the sum of its minutes, and a day of its hours', () => {
    const world = worldOf({ rate: 3 });
    const start = 20_600 * 1440;
    for (const { model } of [VECTORLENS, DOCSTORE, CHATAPI]) {
      const day = stretch(world, model, start * MINUTE, (start + 1440) * MINUTE);
      const added = emptyTotal(model);
      for (let minute = start; minute < start + 1440; minute++) {
        addTally(added, model, world.tally(model, minute), world.prices(20_600));
      }
      expect(bytes(added)).toBe(bytes(day));
    }
  });

  test('sums of microseconds stay exact past 2^53', () => {
    const start = 20_600 * 86_400;
    const world = worldOf({ rate: 1e7 });
    const { model } = VECTORLENS;
    const total = stretch(world, model, start, start + 3 * 3600);
    const exact = Array.from({ length: 180 }, (_, i) =>
      BigInt(world.tally(model, start / MINUTE + i).sums[1]!),
    ).reduce((a, b) => a + b);
    expect(exact > 2n ** 53n).toBe(true);
    expect(total.sums[1]).toBe(exact);
    expectItAddsUp(VECTORLENS, total);
  });
});

/** What holds between the services of a minute, whatever incidents do. */
function expectServicesAgree({ options, minute }: { options: object; minute: number }): void {
  const world = worldOf(options);
  const [v, d, c] = [VECTORLENS, DOCSTORE, CHATAPI].map((service) => {
    const total = totalOf(world, service.model, world.tally(service.model, minute), minute);
    return (name: string, labels = {}) => read(service, name, total, labels);
  }) as [Reader, Reader, Reader];
  const requests = (endpoint: string, status?: string) =>
    v('vectorlens_request_total', { endpoint, ...(status ? { status } : {}) });
  const lookups = (cache: string, result: string) =>
    v('vectorlens_cache_lookup_total', { cache, result });
  const operations = (operation: string, status?: string) =>
    d('documentstore_request_total', { operation, ...(status ? { status } : {}) });

  // Equal: each failure below is one request's, each miss one search, each answer one LLM call.
  expect(d('documentstore_error_total')).toBe(v('vectorlens_docstore_error_total'));
  expect(c('chatapi_error_total')).toBe(v('vectorlens_llm_error_total'));
  expect(operations('put', 'success')).toBe(requests('ingest', 'success'));
  expect(c('chatapi_request_total', { status: 'success' })).toBe(
    requests('answer', 'success') - lookups('semantic', 'hit'),
  );
  expect(c('chatapi_request_total')).toBe(operations('get', 'success'));
  expect(operations('search', 'success')).toBe(requests('search', 'success') + operations('get'));
  // Every query's embedding that was looked up went on to a search, unless the answer was cached.
  expect(lookups('embedding', 'hit') + lookups('embedding', 'miss')).toBe(
    operations('search') + lookups('semantic', 'hit'),
  );

  // Downstream never exceeds what upstream sent.
  expect(operations('search')).toBeLessThanOrEqual(
    requests('search') + lookups('semantic', 'miss'),
  );
  expect(operations('get')).toBeLessThanOrEqual(lookups('semantic', 'miss'));
  expect(operations('put')).toBeLessThanOrEqual(requests('ingest'));
  expect(c('chatapi_request_total')).toBeLessThanOrEqual(
    requests('answer') - lookups('semantic', 'hit'),
  );
}

type Reader = (name: string, labels?: Record<string, string>) => number;

describe('2 Resolution does not matter: between services, at whole minutes', () => {
  test('what is asked below is what was sent from above', () => {
    fc.assert(fc.property(cases, expectServicesAgree), { numRuns: 150 });
  });

  test.each([
    {
      what: 'a single first token takes longer than the last bucket',
      change: { set: { 'chatapi.capacity': 0.3, 'chatapi.latency': 25 } },
    },
    { what: 'no embedding is cached', change: { set: { 'vectorlens.embedding_hit': 0 } } },
    { what: 'hardly any is', change: { set: { 'vectorlens.embedding_hit': 2e-323 } } },
    { what: 'every one is', change: { set: { 'vectorlens.embedding_hit': 1 } } },
  ])('also where $what', ({ change }) => {
    const minute = 30_167_271;
    const incidents = [incident(minute, minute + 1, change)];
    const options = { seed: '&', rate: 1e6, profile: 'daily' as const, incidents };
    expectServicesAgree({ minute, options });
  });

  test('also where everything fails at once', () => {
    const minute = 29_000_000;
    const change = {
      set: {
        traffic: 25,
        'docstore.capacity': 0.3,
        'docstore.throttled': 0.2,
        'chatapi.rate_limit': 0.01,
        'chatapi.latency': 25,
      },
    };
    const incidents = [incident(minute, minute + 1, change)];
    for (const rate of [0.1, 1, 1000]) {
      expectServicesAgree({ options: { rate, incidents }, minute });
    }
  });
});
