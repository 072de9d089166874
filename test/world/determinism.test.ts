import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Stream } from '../../src/world/stream.js';
import { DAY, dayOf, MINUTE } from '../../src/world/time.js';
import type { World } from '../../src/world/world.js';
import {
  bytes,
  cases,
  incident,
  MINUTES,
  MODELS_OF_SERVICES,
  stretch,
  sum,
  worldOf,
} from './worlds.js';

/** Questions to a world; answers must not depend on what was asked before. */
const QUESTIONS: readonly ((world: World, minute: number, model: number) => unknown)[] = [
  (world, minute) => world.minute(minute).flow,
  (world, minute) => {
    const { requests, calls, limits } = world.minute(minute).conditions;
    return { requests, calls, limits };
  },
  (world, minute, model) => world.tally(MODELS_OF_SERVICES[model]!, minute),
  (world, minute, model) => world.seconds(MODELS_OF_SERVICES[model]!, minute),
  (world, minute, model) => world.jobs(MODELS_OF_SERVICES[model]!, minute * MINUTE + 17, 3),
  (world, minute, model) =>
    world.inProgress(MODELS_OF_SERVICES[model]!, minute * MINUTE + 17, 2.5, 3),
  (world, minute) => world.storedBytes(minute * MINUTE),
  (world, minute, model) => {
    const from = minute * MINUTE + 40;
    return stretch(world, MODELS_OF_SERVICES[model]!, from, from + 30);
  },
];

test('1 Deterministic: the same bytes, with memories cold, warm, or filled in another order', {
  timeout: 60_000,
}, () => {
  const question = fc.record({
    question: fc.nat(QUESTIONS.length - 1),
    model: fc.nat(2),
    // Near and far: neighbours share hours and days, and push each other out of memories.
    away: fc.constantFrom(0, 0, 1, -1, 2, 59, -60, 180, 1440, -4321),
  });
  fc.assert(
    fc.property(
      cases,
      fc.array(question, { minLength: 2, maxLength: 12 }),
      ({ options, minute }, questions) => {
        const ask = (world: World, { question, model, away }: (typeof questions)[number]) =>
          bytes(QUESTIONS[question]!(world, minute + away, model));
        const warm = worldOf(options);
        const asked = questions.map((each) => ask(warm, each));
        const again = questions.toReversed().map((each) => ask(warm, each));
        const cold = questions.map((each) => ask(worldOf(options), each));
        expect(asked).toEqual(cold);
        expect(again.toReversed()).toEqual(cold);
      },
    ),
    { numRuns: 60 },
  );
});

test('1 Deterministic: seed, rate and profile make worlds of their own', () => {
  const minute = dayOf('2026-03-03') * 1440 + 777;
  // At a hundred requests a second: minutes of few may well be alike.
  const worlds = [
    worldOf({ rate: 100 }),
    worldOf({ rate: 100, seed: 'tesu' }),
    worldOf({ rate: 100, seed: 'test ' }),
    worldOf({ rate: 101 }),
    worldOf({ rate: 100, profile: 'flat' }),
  ];
  const seen = worlds.map((world) => bytes(world.tally(MODELS_OF_SERVICES[0]!, minute)));
  expect(new Set(seen).size).toBe(worlds.length);
});

test('3 Range does not matter: what came before, and where reading began, changes nothing', () => {
  fc.assert(
    fc.property(
      cases,
      fc.constantFrom(...MODELS_OF_SERVICES),
      fc.array(fc.integer({ min: 1, max: 400 * 1440 }), { minLength: 1, maxLength: 4 }),
      ({ options, minute }, model, earlier) => {
        const fresh = bytes(worldOf(options).tally(model, minute));
        const long = worldOf(options);
        for (const before of earlier.toSorted((a, b) => b - a)) long.tally(model, minute - before);
        expect(bytes(long.tally(model, minute))).toBe(fresh);
        // C(b) − C(a) − (C(b) − C(m)) is C(m) − C(a): the end of a range is its own.
        const seconds = minute * MINUTE;
        const whole = stretch(long, model, seconds - 90, seconds + 45);
        const head = stretch(worldOf(options), model, seconds - 90, seconds);
        const tail = stretch(worldOf(options), model, seconds, seconds + 45);
        expect(sum(whole.counts)).toBe(sum(head.counts) + sum(tail.counts));
      },
    ),
    { numRuns: 60 },
  );
});

test('3 Range does not matter: incidents elsewhere in time change nothing', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(...MODELS_OF_SERVICES), ({ options, minute }, model) => {
      const elsewhere = [-100_000, -30, 30, 5000].map((away) =>
        incident(minute + away, minute + away + 10, { set: { traffic: 25 } }),
      );
      const more = [...elsewhere, ...options.incidents!, ...elsewhere];
      expect(bytes(worldOf({ ...options, incidents: more }).tally(model, minute))).toBe(
        bytes(worldOf(options).tally(model, minute)),
      );
    }),
    { numRuns: 60 },
  );
});

test('3 Range does not matter: reaching a day costs no more than that day', () => {
  const next = vi.spyOn(Stream.prototype, 'next');
  const drawsFor = (day: number) => {
    next.mockClear();
    worldOf({ rate: 100, profile: 'flat' }).tally(MODELS_OF_SERVICES[0]!, day * 1440 + 700);
    return next.mock.calls.length;
  };
  const days = [MINUTES.min / 1440, dayOf('2026-01-01'), dayOf('2100-01-01')];
  const draws = days.map(drawsFor);
  // Samplers reject a varying number of times; nothing grows with the date.
  expect(Math.max(...draws) / Math.min(...draws)).toBeLessThan(1.1);
  next.mockRestore();
});

test('3 Range does not matter: growth is bounded, and stored bytes are a function of the date', () => {
  const world = worldOf();
  const late = worldOf();
  const dates = ['2025-01-01', '2025-06-01', '2026-06-01', '2028-01-01'];
  const bytesOn = (each: World) => dates.map((date) => each.storedBytes(dayOf(date) * DAY));
  late.storedBytes(dayOf('2030-01-01') * DAY);
  expect(bytesOn(late)).toEqual(bytesOn(world));
  expect(bytesOn(world)[0]).toBe(0);
  expect(world.storedBytes(dayOf('2020-01-01') * DAY)).toBe(0);
});
