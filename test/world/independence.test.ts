import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceModel } from '../../src/world/model.js';
import type { Change } from '../../src/world/parameters.js';
import { poisson } from '../../src/world/samplers.js';
import { nameKey } from '../../src/world/stream.js';
import type { Tally } from '../../src/world/tally.js';
import type { World } from '../../src/world/world.js';
import {
  bytes,
  CHATAPI,
  cases,
  changes,
  DOCSTORE,
  incident,
  MINUTES,
  MODELS_OF_SERVICES,
  read,
  sum,
  totalOf,
  VECTORLENS,
  worldOf,
} from './worlds.js';

const minutes = fc.integer(MINUTES);

/** A world without and with an incident in one minute. */
function pair(minute: number, change: Change, rate = 20): [World, World] {
  const incidents = [incident(minute, minute + 1, change)];
  return [worldOf({ rate }), worldOf({ rate, incidents })];
}

function counter(world: World, service: typeof VECTORLENS, minute: number) {
  const total = totalOf(world, service.model, world.tally(service.model, minute), minute);
  return (name: string, labels = {}) => read(service, name, total, labels);
}

/** By endpoint: the requests that arrived. */
function arrivals(world: World, minute: number): number[] {
  const count = counter(world, VECTORLENS, minute);
  return ['search', 'answer', 'ingest'].map((endpoint) =>
    count('vectorlens_request_total', { endpoint }),
  );
}

const CHATAPI_ONLY: readonly Change[] = [
  { set: { 'chatapi.server_error': 0.7 } },
  { multiply: { 'chatapi.latency': 6 } },
  { multiply: { 'chatapi.time_to_first_token': 10 } },
  { multiply: { 'chatapi.rate_limit': 0.001 } },
  { multiply: { 'chatapi.capacity': 0.2 } },
  { multiply: { 'chatapi.output_tokens': 3, 'chatapi.input_tokens': 2 } },
  { set: { 'chatapi.content_filter': 0.3, 'chatapi.context_length': 0.2 } },
];
const DOCSTORE_ONLY: readonly Change[] = [
  { multiply: { 'docstore.latency': 100 } },
  { multiply: { 'docstore.capacity': 0.2 } },
  { set: { 'docstore.unavailable': 0.5, 'docstore.throttled': 0.5 } },
];

describe('4 Draws are independent', () => {
  test('an incident changes nothing outside its minutes', () => {
    fc.assert(
      fc.property(
        cases,
        changes,
        fc.integer({ min: 1, max: 40 }),
        ({ options, minute }, change, length) => {
          const more = [...options.incidents!, incident(minute, minute + length, change)];
          const [calm, struck] = [worldOf(options), worldOf({ ...options, incidents: more })];
          for (const model of MODELS_OF_SERVICES) {
            for (const outside of [minute - 1, minute + length, minute + length + 60]) {
              expect(bytes(struck.tally(model, outside))).toBe(bytes(calm.tally(model, outside)));
            }
            const at = outside(minute - 1);
            expect(bytes(struck.jobs(model, at, 3))).toBe(bytes(calm.jobs(model, at, 3)));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('an incident that changes nothing changes nothing', () => {
    fc.assert(
      fc.property(minutes, fc.constantFrom(0.1, 1, 1000), (minute, rate) => {
        const [calm, struck] = pair(minute, { multiply: { traffic: 1 } }, rate);
        for (const model of MODELS_OF_SERVICES) {
          expect(bytes(struck.tally(model, minute))).toBe(bytes(calm.tally(model, minute)));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('an incident of the LLM alone leaves docstore, and all that vectorlens does before, as it was', () => {
    fc.assert(
      fc.property(minutes, fc.constantFrom(...CHATAPI_ONLY), (minute, change) => {
        const [calm, struck] = pair(minute, change);
        expect(bytes(struck.tally(DOCSTORE.model, minute))).toBe(
          bytes(calm.tally(DOCSTORE.model, minute)),
        );
        expect(arrivals(struck, minute)).toEqual(arrivals(calm, minute));
        const [usual, now] = [calm, struck].map((world) => counter(world, VECTORLENS, minute)) as [
          Counter,
          Counter,
        ];
        for (const labels of [
          { cache: 'semantic', result: 'hit' },
          { cache: 'semantic', result: 'miss' },
          { cache: 'embedding', result: 'hit' },
        ]) {
          const name = 'vectorlens_cache_lookup_total';
          expect(now(name, labels)).toBe(usual(name, labels));
        }
        for (const type of ['docstore', 'timeout', 'rate_limited', 'invalid_request']) {
          expect(now('vectorlens_error_total', { type })).toBe(
            usual('vectorlens_error_total', { type }),
          );
        }
        // vectorlens' searches and ingests, and its retrievals, take what they took.
        const [a, b] = [calm, struck].map((world) => world.tally(VECTORLENS.model, minute));
        for (const h of [0, 2, 3]) {
          expect([b!.buckets[h], b!.sums[h]]).toEqual([a!.buckets[h], a!.sums[h]]);
        }
        // Which LLM is called is decided before.
        const calls = (world: World) =>
          ['gpt-5-mini', 'claude-haiku-4.5', 'claude-sonnet'].map((model) =>
            counter(world, CHATAPI, minute)('chatapi_request_total', { model }),
          );
        expect(calls(struck)).toEqual(calls(calm));
      }),
      { numRuns: 60 },
    );
  });

  test('an incident of docstore leaves what vectorlens was asked, and what its caches said', () => {
    fc.assert(
      fc.property(minutes, fc.constantFrom(...DOCSTORE_ONLY), (minute, change) => {
        const [calm, struck] = pair(minute, change);
        expect(arrivals(struck, minute)).toEqual(arrivals(calm, minute));
        const [usual, now] = [calm, struck].map((world) => counter(world, VECTORLENS, minute)) as [
          Counter,
          Counter,
        ];
        const semantic = { cache: 'semantic', result: 'hit' };
        expect(now('vectorlens_cache_lookup_total', semantic)).toBe(
          usual('vectorlens_cache_lookup_total', semantic),
        );
        expect(now('vectorlens_error_total', { type: 'timeout' })).toBe(
          usual('vectorlens_error_total', { type: 'timeout' }),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('an incident only moves as many requests as it must', () => {
    // Half a percent more server errors: nearly all requests keep their routes.
    const minute = 29_500_000;
    const [calm, struck] = pair(minute, { set: { 'chatapi.server_error': 0.0065 } }, 1000);
    const [a, b] = [calm.minute(minute).flow.routes, struck.minute(minute).flow.routes];
    const moved = sum(a.map((n, route) => Math.abs(n - b[route]!))) / 2;
    const calls = sum(calm.tally(CHATAPI.model, minute).counts);
    expect(moved).toBeGreaterThan(0.002 * calls);
    expect(moved).toBeLessThan(0.01 * calls);
  });

  test('another service, or another order of services, changes nobody else’s numbers', () => {
    /** A service that draws a varying number of times, also between the draws of others. */
    const other: ServiceModel = {
      ...DOCSTORE.model,
      name: 'other',
      draw(minute, draws): Tally {
        const tally = DOCSTORE.model.draw(minute, draws);
        tally.counts[0] = poisson(draws(nameKey('anything')), 1000);
        return tally;
      },
    };
    fc.assert(
      fc.property(
        cases,
        fc.shuffledSubarray([...MODELS_OF_SERVICES, other], { minLength: 4 }),
        ({ options, minute }, order) => {
          const mixed = worldOf(options);
          const seen = new Map(
            order.map((model) => [model.name, bytes(mixed.seconds(model, minute))]),
          );
          for (const model of MODELS_OF_SERVICES) {
            expect(seen.get(model.name)).toBe(bytes(worldOf(options).seconds(model, minute)));
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('an incident moves requests so that counts keep their law', () => {
  // Poisson counts with the means of the incident's world: mean and variance over many minutes.
  const change = { set: { 'chatapi.server_error': 0.4, traffic: 1.7, 'docstore.throttled': 0.1 } };
  const [from, minutes] = [29_500_000, 1200];
  const [calm, struck] = [
    worldOf({ rate: 5 }),
    worldOf({ rate: 5, incidents: [incident(from, from + minutes, change)] }),
  ];

  test('means and variances', () => {
    const gained = Array.from({ length: minutes }, (_, i) => {
      const flow = struck.minute(from + i).flow.routes;
      const before = calm.minute(from + i);
      const now = struck.minute(from + i);
      return {
        z: (sum(flow) - now.conditions.requests) / Math.sqrt(now.conditions.requests),
        ratio: now.conditions.requests / before.conditions.requests,
      };
    });
    for (const { ratio } of gained) expect(ratio).toBeCloseTo(1.7, 10);
    const mean = sum(gained.map(({ z }) => z)) / minutes;
    const square = sum(gained.map(({ z }) => z * z)) / minutes;
    expect(Math.abs(mean) * Math.sqrt(minutes)).toBeLessThan(3);
    expect(Math.abs(square - 1) * Math.sqrt(minutes / 2)).toBeLessThan(3.5);
  });
});

type Counter = (name: string, labels?: Record<string, string>) => number;

function outside(minute: number): number {
  return minute * 60 + 31;
}
