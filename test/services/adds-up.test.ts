import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MODELS } from '../../src/world/models.js';
import { PRICES } from '../../src/world/prices.js';
import { DAY, dayOf, MINUTE } from '../../src/world/time.js';
import {
  CHATAPI,
  cases,
  DOCSTORE,
  read,
  stretch,
  stretches,
  sum,
  VECTORLENS,
  worldOf,
} from '../world/worlds.js';
import { expectItAddsUp } from './adds-up.js';

const services = fc.constantFrom(VECTORLENS, DOCSTORE, CHATAPI);

describe('5 It adds up', () => {
  test('requests = Σ status = histogram count; errors by type = errors; hits + misses = lookups', () => {
    const seconds = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(
        cases,
        services,
        seconds,
        seconds,
        ({ options, minute }, service, offset, length) => {
          const from = minute * MINUTE + offset;
          expectItAddsUp(service, stretch(worldOf(options), service.model, from, from + length));
        },
      ),
      { numRuns: 120 },
    );
  });

  test('the same for each job', () => {
    fc.assert(
      fc.property(
        cases,
        services,
        fc.integer({ min: 2, max: 7 }),
        ({ options, minute }, service, jobs) => {
          const from = minute * MINUTE + 13;
          for (const total of stretches(worldOf(options), service.model, from, from + 30, jobs)) {
            expectItAddsUp(service, total);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('cost = tokens × price, across a change of price at midnight UTC', () => {
    const midnight = dayOf('2026-09-01') * DAY;
    fc.assert(
      fc.property(
        fc.string({ maxLength: 4 }),
        fc.constantFrom(1, 1000, 1e6),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        (seed, rate, before, after) => {
          const world = worldOf({ seed, rate });
          const [old, young, both] = [
            [midnight - before, midnight],
            [midnight, midnight + after],
            [midnight - before, midnight + after],
          ].map(([from, to]) => stretch(world, CHATAPI.model, from!, to!));
          MODELS.forEach(({ name: model }, index) => {
            const cost = (total: typeof old, input: number, output: number) =>
              (read(CHATAPI, 'chatapi_tokens_input_total', total!, { model }) * input +
                read(CHATAPI, 'chatapi_tokens_output_total', total!, { model }) * output) /
              1e6;
            const price = (date: string) =>
              PRICES.models.findLast((p) => p.model === model && p.from <= date)!;
            const [then, now] = [price('2026-08-31'), price('2026-09-01')];
            if (model === 'claude-sonnet') expect(now.input).toBeLessThan(then.input);
            const expected =
              cost(old, then.input, then.output) + cost(young, now.input, now.output);
            const found = read(CHATAPI, 'chatapi_cost_dollars_total', both!, { model });
            expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * expected);
            // Exactly, in picodollars.
            expect(both!.money[index]).toBe(old!.money[index]! + young!.money[index]!);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('cost of the store = units × price and bytes × time × price', () => {
    const from = dayOf('2026-10-10') * DAY;
    const world = worldOf({ rate: 30 });
    const total = stretch(world, DOCSTORE.model, from, from + DAY);
    const cost = (kind: string) =>
      read(DOCSTORE, 'documentstore_cost_dollars_total', total, { kind });
    const units = (side: string) => read(DOCSTORE, `documentstore_${side}_units_total`, total);
    const [price] = PRICES.store;
    expect(cost('read') / ((units('read') * price!.read) / 1e6)).toBeCloseTo(1, 10);
    expect(cost('write') / ((units('write') * price!.write) / 1e6)).toBeCloseTo(1, 10);
    // Metered by the hour in whole megabytes.
    const hours = Array.from({ length: 24 }, (_, hour) =>
      Math.floor(world.storedBytes(from + hour * 3600) / 1e6),
    );
    const gigabyteDays = sum(hours) / 24 / 1000;
    expect(cost('storage') / ((gigabyteDays * price!.storage) / 30)).toBeCloseTo(1, 10);
  });

  test('stored bytes grow by what is ingested', () => {
    const from = dayOf('2026-03-04') * DAY;
    const world = worldOf({ rate: 40 });
    const week = stretch(world, DOCSTORE.model, from, from + 7 * DAY);
    const puts = read(DOCSTORE, 'documentstore_request_total', week, { operation: 'put' });
    const grown = world.storedBytes(from + 7 * DAY) - world.storedBytes(from);
    expect(grown / (puts * 50_000)).toBeCloseTo(1, 1);
  });
});
