import { describe, expect, test } from 'vitest';
import type { SystemState } from '../../src/world/conditions.js';
import { LLM_TIMEOUT, MODELS } from '../../src/world/models.js';
import { type Fall, timesInBuckets, type Variant } from '../../src/world/observations.js';
import type { Group } from '../../src/world/observing.js';
import { derived } from '../../src/world/recent.js';
import { answerRest, requestGroups, workRest } from '../../src/world/requests.js';
import type { Rest } from '../../src/world/rest.js';
import { isRetrieval } from '../../src/world/retrievals.js';
import { ROUTES, type Route, routesWhere } from '../../src/world/routes.js';
import { DOCSTORE_TIMEOUT } from '../../src/world/store.js';
import { dayOf } from '../../src/world/time.js';
import { always, asQuickAs, grouped, llmTimes } from '../../src/world/times.js';
import type { World } from '../../src/world/world.js';
import { chanceOfFiring, firing, SLOW } from './alerts.js';
import { at, CALLS, countFlow, emptyColumns, observed, STREAMS } from './columns.js';
import { worldOf } from './worlds.js';

/** The whole truth takes minutes: every bucket of every minute of 100 months. */
const FULL = process.env.RAGMON_FULL === '1';

const DAYS = 30;
const SEEDS = Array.from({ length: 20 }, (_, i) => `quiet ${i}`);
/** Before, in and after the growth; each seed takes one of them. */
const STARTS = ['2025-01-06', '2026-11-02', '2028-06-05'].map(dayOf);
/** Over the holidays, early and late in the growth. */
const HOLIDAYS = ['2024-12-12', '2026-12-12'].map(dayOf);

/** For each latency alert: groups of requests, and the chance that one is above the threshold. */
const slowChances = [
  [
    ...aboveBound(requestGroups('search', [2], 1)),
    {
      routes: routesWhere((route) => route.endpoint === 'search' && isRetrieval(route)),
      chanceIn: derived(slowSearch),
    },
  ],
  [
    ...aboveBound(requestGroups('answer', [15], 1)),
    ...grouped(CALLS, ({ llm }) => `${llm!.model}/${asQuickAs(llm!.outcome)}`).map((routes) => ({
      routes,
      chanceIn: derived((state: SystemState) => slowAnswer(state, ROUTES[routes[0]!]!)),
    })),
  ],
  aboveBound(
    MODELS.map((_, model) => ({
      routes: STREAMS[model]!,
      fall: (state: SystemState) =>
        timesInBuckets(always(state.firstTokens[model]!), [3], 1, LLM_TIMEOUT),
    })),
  ),
];

function aboveBound(groups: readonly Group[]) {
  return groups.map(({ routes, fall }) => ({
    routes,
    chanceIn: derived((state: SystemState) => chanceAbove(fall(state))),
  }));
}

function chanceAbove({ buckets, chances }: Fall) {
  const i = buckets.indexOf(1);
  return i < 0 ? 0 : chances[i]!;
}

/** The chance that an LLM call and the rest of its answer take more than 15 s together. */
function slowAnswer(state: SystemState, { llm }: Route): number {
  return slower(answerRest(state, 1), llmTimes(state, llm!), 15, LLM_TIMEOUT);
}

/** The chance that a retrieval and the rest of its search take more than 2 s together. */
function slowSearch(state: SystemState): number {
  const retrieval = always(state.operations.search);
  return slower(workRest('search', state, 1), retrieval, 2, DOCSTORE_TIMEOUT);
}

/** The chance that a time, of `limit` at most, and a rest take more than so many seconds. */
function slower(
  { values, weights }: Rest,
  time: readonly Variant[],
  seconds: number,
  limit: number,
): number {
  const chance = values.reduce((total, rest, i) => {
    if (rest >= seconds) return total + weights[i]!;
    const fall = timesInBuckets(time, [seconds - rest], 1, limit);
    return total + weights[i]! * chanceAbove(fall);
  }, 0);
  return chance > 1 - 1e-9 ? 1 : chance;
}

/**
 * The same from flows alone. Requests that are slow for certain, as those that timed out, count as
 * slow; how many more are slow on average stands beside.
 */
function expected(world: World, from: number, to: number) {
  const columns = emptyColumns();
  const likely = { searches: [] as number[], answers: [] as number[], firstTokens: [] as number[] };
  for (let minute = from; minute < to; minute++) {
    const { flow, conditions } = world.minute(minute);
    countFlow(columns, world, minute);
    columns.cost.push(0);
    const [searches, answers, firstTokens] = slowChances.map((groups) => {
      const slow = { certain: 0, likely: 0 };
      for (const { routes, chanceIn } of groups) {
        const chance = chanceIn(conditions.state);
        const n = at(flow.routes, routes);
        if (chance === 1) slow.certain += n;
        else slow.likely += n * chance;
      }
      return slow;
    });
    columns.slowSearches.push(searches!.certain);
    likely.searches.push(searches!.likely);
    columns.slowAnswers.push(answers!.certain);
    likely.answers.push(answers!.likely);
    columns.slowFirstTokens.push(firstTokens!.certain);
    likely.firstTokens.push(firstTokens!.likely);
  }
  return { columns, likely };
}

describe('7 A normal month is quiet', () => {
  const monthsFrom = (starts: readonly number[]) =>
    SEEDS.map((seed, i) => ({ seed, from: starts[i % starts.length]! * 1440 }));
  const months = monthsFrom(STARTS);
  const to = (from: number) => from + DAYS * 1440;

  test.each([
    { what: '20 seeds', of: months },
    { what: 'over the holidays', of: monthsFrom(HOLIDAYS).slice(0, FULL ? 10 : 4) },
  ])(
    '$what: no ratio and no limit fires, and the chance that a latency does is negligible',
    ({ of }) => {
      let chance = 0;
      for (const { seed, from } of of) {
        const { columns, likely } = expected(worldOf({ seed }), from, to(from));
        expect(firing(columns), seed).toEqual({});
        for (const slow of SLOW) {
          chance += chanceOfFiring(slow, columns[slow.of], columns[slow.above], likely[slow.of]);
        }
      }
      expect(chance).toBeLessThan(1e-3);
    },
    120_000,
  );

  const drawn = FULL
    ? SEEDS.flatMap((seed) => [...STARTS, ...HOLIDAYS].map((day) => ({ seed, from: day * 1440 })))
    : months.slice(1, 2);
  test.each(drawn)(
    '$seed from minute $from, every bucket and every cent drawn',
    ({ seed, from }) => {
      expect(firing(observed(worldOf({ seed }), from, to(from)))).toEqual({});
    },
    120_000,
  );
});
