import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { chatapiModel } from '../../src/world/chatapi.js';
import { logNormal, mean, sumOf } from '../../src/world/latency.js';
import { LENGTHS, LLM_TIMEOUT, MODELS } from '../../src/world/models.js';
import { answerRest } from '../../src/world/requests.js';
import { COARSE, FINE, restOf } from '../../src/world/rest.js';
import { ROUTES } from '../../src/world/routes.js';
import { normal } from '../../src/world/samplers.js';
import { dayKey, Stream } from '../../src/world/stream.js';
import { dayOf } from '../../src/world/time.js';
import { llmTimes } from '../../src/world/times.js';
import { VECTORLENS_INDEX, vectorlensModel } from '../../src/world/vectorlens.js';
import { createWorld, type World } from '../../src/world/world.js';
import { bytes, cases, incident, sum, worldOf } from './worlds.js';

const MINUTE = dayOf('2026-03-03') * 1440 + 720;
const ANSWERS = VECTORLENS_INDEX.duration('answer');

function answers(world: World, minute: number) {
  return world.observed(vectorlensModel, minute)[ANSWERS]!;
}

describe('the times of answers follow those of their LLM calls', () => {
  test('each call is in one answer, which is no shorter and ends by the limit', () => {
    fc.assert(
      fc.property(cases, ({ options, minute }) => {
        const world = createWorld(options);
        const calls = world.observed(chatapiModel, minute).slice(0, MODELS.length);
        const { groups, bounds, buckets } = answers(world, minute);
        const followers = groups.filter(({ follows }) => follows);
        expect(buckets.at(-1)).toBe(0);
        const followed = calls.flatMap((each) => each.groups.map((group) => ({ ...each, group })));
        expect(followers).toHaveLength(followed.length);
        followed.forEach(({ group, bounds: callBounds }, g) => {
          const { routes, places, counts, follows } = followers[g]!;
          expect(routes).toEqual(group.routes);
          const times = group.counts.map(() => 0);
          counts.forEach((count, i) => {
            const place = follows!.places[i]!;
            times[place]! += count;
            const least = callBounds[group.places.buckets[place]! - 1] ?? 0;
            expect(bounds[places.buckets[i]!]).toBeGreaterThan(least);
            expect(follows!.rests[i]).toBeGreaterThan(0);
          });
          expect(times).toEqual([...group.counts]);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('the sum of many is the sum of the calls and of the rests', () => {
    const world = worldOf({ rate: 1e6 });
    const calls = sum(
      world
        .observed(chatapiModel, MINUTE)
        .slice(0, MODELS.length)
        .map((each) => each.sum),
    );
    const { groups, sum: whole } = answers(world, MINUTE);
    const own = sum(
      groups.flatMap(({ counts, places, follows }) =>
        counts.map((count, i) => count * (follows ? follows.rests[i]! : places.means[i]!)),
      ),
    );
    expect(whole / (calls + own)).toBeCloseTo(1, 4);
    const n = sum(groups.flatMap(({ counts, follows }) => (follows ? counts : [])));
    const { values, weights } = answerRest(world.minute(MINUTE).conditions.state, 1e6);
    const rests = groups.flatMap(({ counts, follows }) =>
      follows ? counts.map((count, i) => count * follows.rests[i]!) : [],
    );
    const expected = n * sum(values.map((value, i) => value * weights[i]!));
    expect(sum(rests) / expected).toBeCloseTo(1, 2);
  });

  test('a single call is as long as its sum says, and decides the bucket of its answer', () => {
    const world = worldOf({ rate: 0.05 });
    let [alone, shorter] = [0, 0];
    for (let minute = MINUTE; minute < MINUTE + 3000; minute++) {
      const calls = world.observed(chatapiModel, minute).slice(0, MODELS.length);
      for (const { buckets, sum: time, groups } of calls) {
        if (sum(buckets) !== 1) continue;
        const { groups: all, bounds } = answers(world, minute);
        const { routes } = groups.find(({ counts }) => sum(counts) === 1)!;
        const { places, counts } = all.find((group) => group.routes === routes)!;
        const at = counts.indexOf(1);
        alone++;
        if (bounds[places.buckets[at]!]! < time) shorter++;
      }
    }
    expect(alone).toBeGreaterThan(500);
    expect(shorter).toBe(0);
  });

  test('chatapi draws what it draws, whether an answer follows it or not', () => {
    fc.assert(
      fc.property(cases, ({ options, minute }) => {
        const [alone, after] = [createWorld(options), createWorld(options)];
        after.tally(vectorlensModel, minute);
        expect(bytes(after.tally(chatapiModel, minute))).toBe(
          bytes(alone.tally(chatapiModel, minute)),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('counts of a stretch draw no LLM call', () => {
    const world = worldOf({ rate: 1000 });
    const minute = world.minute(MINUTE);
    const next = vi.spyOn(Stream.prototype, 'next');
    vectorlensModel.count(minute);
    expect(next).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('the times of searches follow those of their retrievals', () => {
  const searches = (world: World, minute: number) =>
    world.observed(vectorlensModel, minute)[VECTORLENS_INDEX.duration('search')]!;
  const retrievals = (world: World, minute: number) =>
    world.observed(vectorlensModel, minute)[VECTORLENS_INDEX.retrieval]!.parts![0]!;

  test('each retrieval is in one search, which is no shorter', () => {
    fc.assert(
      fc.property(cases, ({ options, minute }) => {
        const world = createWorld(options);
        const { groups, bounds } = retrievals(world, minute);
        const [{ counts: times, places: fall, routes }] = groups as [(typeof groups)[number]];
        const all = searches(world, minute);
        const [longer] = all.groups.filter(({ follows }) => follows);
        expect(longer!.routes).toEqual(routes);
        expect(all.buckets.at(-1)).toBe(0);
        const counted = times.map(() => 0);
        longer!.counts.forEach((count, i) => {
          if (count === 0) return;
          const place = longer!.follows!.places[i]!;
          counted[place]! += count;
          const least = bounds[fall.buckets[place]! - 1] ?? 0;
          expect(all.bounds[longer!.places.buckets[i]!]).toBeGreaterThan(least);
        });
        expect(counted).toEqual([...times]);
      }),
      { numRuns: 40 },
    );
  });

  test.each([0.05, 0.2, 1, 1000])(
    'at rate %d, the sum of searches is more than that of their retrievals',
    (rate) => {
      for (const seed of ['a', 'b', 'c']) {
        const world = worldOf({ rate, seed });
        for (let minute = MINUTE; minute < MINUTE + 300; minute++) {
          const { sum: whole, buckets } = searches(world, minute);
          if (sum(buckets) > 0) expect(whole).toBeGreaterThan(retrievals(world, minute).sum);
        }
      }
    },
  );

  test.each([
    { what: 'as usual', change: {} },
    { what: 'with a slow docstore', change: { multiply: { 'docstore.latency': 10 } } },
    { what: 'with a slow vectorlens', change: { multiply: { 'vectorlens.latency': 4 } } },
  ])('$what, their law is that of times drawn one by one', ({ change }) => {
    const stream = new Stream().seek(dayKey('following', 'test', 'searches', 0), 1);
    const one = ({ mu, sigma }: { mu: number; sigma: number }) =>
      Math.exp(mu + sigma * normal(stream));
    const incidents = [incident(MINUTE, MINUTE + 1, change)];
    const world = worldOf({ rate: 1e6, profile: 'flat', incidents });
    const { state } = world.minute(MINUTE).conditions;
    const all = searches(world, MINUTE);
    const [longer] = all.groups.filter(({ follows }) => follows);
    const n = 200_000;
    const expected = all.bounds.map(() => 0);
    for (let i = 0; i < n; i++) {
      const cached = stream.next() < state.parameters['vectorlens.embedding_hit'];
      const embedding = cached ? logNormal(0.002, 0.4) : logNormal(0.08, 0.4);
      const whole = sum([state.operations.search, state.own, embedding].map(one)) * 1e6;
      expected[all.bounds.findIndex((bound) => whole <= bound)]! += 1;
    }
    const drawn = all.bounds.map(() => 0);
    longer!.counts.forEach((count, i) => {
      drawn[longer!.places.buckets[i]!]! += count;
    });
    let [a, b] = [0, 0];
    all.bounds.forEach((bound, i) => {
      a += drawn[i]! / sum(drawn);
      b += expected[i]! / n;
      expect(Math.abs(a - b), `${bound}`).toBeLessThan(0.006);
    });
  });
});

describe('the law of answers stays: an LLM call and all that the request does besides', () => {
  const stream = new Stream().seek(dayKey('following', 'test', 'draws', 0), 1);
  const one = ({ mu, sigma }: { mu: number; sigma: number }) =>
    Math.exp(mu + sigma * normal(stream));
  const EMBEDDINGS = [logNormal(0.002, 0.4), logNormal(0.08, 0.4)];

  test.each([
    { what: 'as usual', change: {} },
    { what: 'with server errors', change: { set: { 'chatapi.server_error': 0.7 } } },
    { what: 'with a slow provider', change: { multiply: { 'chatapi.latency': 4 } } },
    { what: 'with a slow docstore', change: { multiply: { 'docstore.latency': 100 } } },
  ])('$what, buckets and mean are those of times drawn one by one', ({ change }) => {
    const world = worldOf({
      rate: 1e6,
      profile: 'flat',
      incidents: [incident(MINUTE, MINUTE + 1, change)],
    });
    const { flow, conditions } = world.minute(MINUTE);
    const { state } = conditions;
    const { groups, bounds } = answers(world, MINUTE);
    const calls = sum(ROUTES.map(({ llm }, r) => (llm ? flow.routes[r]! : 0)));
    const expected = bounds.map(() => 0);
    const times: number[] = [];
    ROUTES.forEach(({ llm }, r) => {
      if (!llm) return;
      const variants = llmTimes(state, llm);
      const { time } =
        variants[LENGTHS.findIndex(({ length }) => length === llm.length)] ?? variants[0]!;
      for (let i = Math.round((200_000 * flow.routes[r]!) / calls); i > 0; i--) {
        let call = one(time);
        while (call > LLM_TIMEOUT) call = one(time);
        const cached = stream.next() < state.parameters['vectorlens.embedding_hit'];
        const { search, get } = state.operations;
        const steps = [state.own, search, get, EMBEDDINGS[cached ? 0 : 1]!];
        const whole = (call + sum(steps.map(one))) * 1e6;
        times.push(whole);
        expected[bounds.findIndex((bound) => whole <= bound)]! += 1;
      }
    });
    const drawn = bounds.map(() => 0);
    let total = 0;
    for (const { places, counts, follows } of groups) {
      if (!follows) continue;
      counts.forEach((count, i) => {
        drawn[places.buckets[i]!]! += count;
        total += count * places.means[i]!;
      });
    }
    expect(total / calls / (sum(times) / times.length)).toBeCloseTo(1, 1);
    // As distribution functions: nowhere more than a hundredth and a half apart.
    let [a, b] = [0, 0];
    bounds.forEach((bound, i) => {
      a += drawn[i]! / calls;
      b += expected[i]! / times.length;
      expect(Math.abs(a - b), `${bound}`).toBeLessThan(0.015);
    });
    for (const p of [0.5, 0.95, 0.99]) {
      expect(quantile(bounds, drawn, p) / quantile(bounds, expected, p)).toBeCloseTo(1, 1);
    }
  });

  test.each([
    { what: 'coarse', steps: COARSE },
    { what: 'fine', steps: FINE },
  ])('the $what points of a rest have its mean and nearly its variance', ({ steps }) => {
    const parts = [
      { weight: 0.35, time: sumOf(logNormal(0.002, 0.4), logNormal(0.015, 0.4)) },
      { weight: 0.65, time: logNormal(0.08, 0.4) },
    ];
    const { values, weights } = restOf(parts, 1e6, 30e6, steps);
    const first = sum(values.map((value, i) => value * weights[i]!));
    const expected = sum(parts.map(({ weight, time }) => weight * mean(time) * 1e6));
    expect(first / expected).toBeCloseTo(1, 12);
    const second = sum(values.map((value, i) => value * value * weights[i]!));
    const squares = sum(
      parts.map(({ weight, time }) => {
        const m = mean(time) * 1e6;
        return weight * m * m * Math.exp(time.sigma * time.sigma);
      }),
    );
    expect(second / squares).toBeCloseTo(1, 1);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(sum(weights)).toBeCloseTo(1, 12);
    expect(restOf(parts, 1e6, 1000, steps).values.every((value) => value <= 1000)).toBe(true);
  });
});

/** As PromQL estimates it: evenly within a bucket. */
function quantile(bounds: readonly number[], buckets: readonly number[], p: number): number {
  let left = p * sum(buckets);
  for (const [i, count] of buckets.entries()) {
    const low = bounds[i - 1] ?? 0;
    if (left <= count) return low + ((bounds[i]! - low) * left) / count;
    left -= count;
  }
  return Number.NaN;
}
