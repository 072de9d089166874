import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NORMAL_REGIME, regimeOf, type SystemState } from '../../src/world/conditions.js';
import { mean, stationLoad } from '../../src/world/latency.js';
import { changed, NORMAL, type Parameters } from '../../src/world/parameters.js';
import { type ROUTES, routesWhere } from '../../src/world/routes.js';
import { routeChancesIn, unlimitedChances } from '../../src/world/shares.js';
import type { Total } from '../../src/world/total.js';
import { addTotal, emptyTotal } from '../../src/world/total.js';
import {
  above,
  CHATAPI,
  changes,
  DOCSTORE,
  histogram,
  incident,
  read,
  sum,
  totalOf,
  VECTORLENS,
  worldOf,
} from './worlds.js';

const parameters = changes.map((change) => changed([change]));

function chanceOf(state: SystemState, test: (route: (typeof ROUTES)[number]) => boolean): number {
  const chances = unlimitedChances(state);
  return sum(routesWhere(test).map((route) => chances[route]!));
}

describe('6 Cause and effect', () => {
  test('more traffic: more utilisation, longer times, more timeouts, at every station', () => {
    const measures = (state: SystemState): Record<string, number> => ({
      ...Object.fromEntries(
        (['vectorlens', 'docstore', 'chatapi'] as const).flatMap((station) => [
          [`${station} stretch`, state[station].stretch],
          [`${station} overload`, state[station].overload],
        ]),
      ),
      own: mean(state.own),
      search: mean(state.operations.search),
      call: mean(state.calls[0]![1]!),
      'late requests': state.lateRequests.search,
    });
    // Up to where vectorlens is full; what it turns away spares the stations below.
    let before = measures(NORMAL_REGIME.state(0));
    for (let traffic = 0.05; traffic < 3.5; traffic += 0.05) {
      const now = measures(NORMAL_REGIME.state(traffic));
      for (const [name, value] of Object.entries(now)) {
        if (/chatapi|call/.test(name) && traffic > 3) continue;
        expect(value, `${name} at ${traffic}`).toBeGreaterThanOrEqual(before[name]!);
      }
      before = now;
    }
  });

  test('a surge times out at every station in the same minute', () => {
    const [calm, surge] = [1, 4].map((traffic) => NORMAL_REGIME.state(traffic)) as [
      SystemState,
      SystemState,
    ];
    for (const station of ['vectorlens', 'docstore', 'chatapi'] as const) {
      expect(calm[station].overload).toBe(0);
      expect(calm[station].stretch).toBeLessThan(1.1);
      expect(surge[station].overload).toBeGreaterThan(0.01);
      expect(surge[station].stretch).toBeGreaterThan(1.3);
    }
    for (const late of [
      (route: (typeof ROUTES)[number]) => route.end === 'timeout',
      (route: (typeof ROUTES)[number]) => route.calls.some((call) => call.outcome === 'timeout'),
      (route: (typeof ROUTES)[number]) => route.llm?.outcome === 'timeout',
    ]) {
      expect(chanceOf(surge, late)).toBeGreaterThan(10 * chanceOf(calm, late));
    }
  });

  test('chances of the routes add up to 1, whatever an incident sets', () => {
    fc.assert(
      fc.property(
        parameters,
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (p: Parameters, traffic, excess) => {
          const state = regimeOf(p).state(traffic);
          for (const chances of [
            unlimitedChances(state),
            routeChancesIn(state, [excess, 0, excess / 2]),
          ]) {
            expect(Math.min(...chances)).toBeGreaterThanOrEqual(0);
            expect(sum(chances)).toBeCloseTo(1, 12);
          }
          expect(chanceOf(state, ({ llm }) => llm !== undefined)).toBeCloseTo(state.llmCalls, 12);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('without incidents half a percent of user requests fails, mostly for the LLM', () => {
    const state = NORMAL_REGIME.state(1);
    const failed = chanceOf(state, ({ end }) => end !== 'ok');
    const llm = chanceOf(state, ({ end }) => end === 'llm');
    expect(failed).toBeGreaterThan(0.003);
    expect(failed).toBeLessThan(0.01);
    expect(llm / failed).toBeGreaterThan(0.5);
  });

  test('Sakasegawa’s formula: one server is M/M/1, and more servers wait less', () => {
    // M/M/1: W_q / S = ρ / (1 − ρ).
    for (const rho of [0.1, 0.5, 0.9]) {
      expect(stationLoad(rho, 1).stretch).toBeCloseTo(1 + rho / (1 - rho), 12);
      expect(stationLoad(rho, 16).stretch).toBeLessThan(stationLoad(rho, 4).stretch);
    }
    // M/M/c by Erlang's C formula: ρ = 0.9, c = 8: C = 0.7016…, W_q/S = C / (c (1 − ρ)).
    expect(stationLoad(0.9, 8).stretch - 1).toBeCloseTo(erlangC(8, 7.2) / (8 * 0.1), 1);
    expect(stationLoad(0, 4)).toEqual({ utilisation: 0, stretch: 1, overload: 0 });
    expect(stationLoad(1.96, 4).overload).toBe(0.5);
  });

  test('drawn: a surge lengthens p95 and brings timeouts everywhere, in its minutes only', () => {
    const from = 29_500_000;
    const surges = [1, 1.6, 2.4, 3.2, 4];
    const seen = surges.map((traffic) => {
      // Traffic of its own would blur the steps: the same minutes in worlds that differ in it.
      const incidents = [incident(from, from + 20, { multiply: { traffic } })];
      const world = worldOf({ rate: 200, profile: 'flat', incidents });
      const totals = [VECTORLENS, DOCSTORE, CHATAPI].map(({ model }) => {
        const total = emptyTotal(model);
        for (let minute = from; minute < from + 20; minute++) {
          addTotal(total, totalOf(world, model, world.tally(model, minute), minute));
        }
        return total;
      }) as [Total, Total, Total];
      const [v, d, c] = totals;
      return {
        requests: read(VECTORLENS, 'vectorlens_request_total', v),
        search: p95(
          histogram(VECTORLENS, 'vectorlens_request_duration_seconds', v, { endpoint: 'search' }),
        ),
        store: p95(
          histogram(DOCSTORE, 'documentstore_request_duration_seconds', d, { operation: 'search' }),
        ),
        call: p95(histogram(CHATAPI, 'chatapi_request_duration_seconds', c)),
        late: read(VECTORLENS, 'vectorlens_error_total', v, { type: 'timeout' }) / sum(v.counts),
        storeLate:
          read(DOCSTORE, 'documentstore_error_total', d, { type: 'timeout' }) / sum(d.counts),
        callLate: read(CHATAPI, 'chatapi_error_total', c, { type: 'timeout' }) / sum(c.counts),
      };
    });
    for (const name of ['requests', 'search', 'store', 'call'] as const) {
      const values = seen.map((each) => each[name]);
      const steps = name === 'requests' ? values : values.slice(0, 4);
      expect(steps, name).toEqual(steps.toSorted((a, b) => a - b));
      expect(steps.at(-1)! / steps[0]!, name).toBeGreaterThan(1.1);
    }
    for (const name of ['late', 'storeLate', 'callLate'] as const) {
      expect(seen[0]![name], name).toBeLessThan(0.004);
      expect(seen[4]![name], name).toBeGreaterThan(5 * seen[0]![name]);
    }
  });

  test('capacity grows with the business: the same relative traffic, the same state', () => {
    fc.assert(
      fc.property(fc.integer({ min: 28_000_000, max: 31_000_000 }), (minute) => {
        const [small, large] = [worldOf({ rate: 1 }), worldOf({ rate: 1000 })].map(
          (world) => world.minute(minute).conditions,
        );
        expect(large!.state).toBe(small!.state);
        expect(large!.requests / small!.requests).toBeCloseTo(1000, 6);
        expect(large!.limits).toEqual(small!.limits.map((limit) => 1000 * limit));
      }),
      { numRuns: 50 },
    );
  });

  test('capacity grows with the business: p95 alike at rates 1 and 1000, early and late in growth', () => {
    const p95s = [
      [1, '2024-05'],
      [1000, '2024-05'],
      [1, '2028-05'],
      [1000, '2028-05'],
    ].map(([rate, month]) => {
      const world = worldOf({ rate: rate as number });
      const total = emptyTotal(VECTORLENS.model);
      const start = Date.parse(`${month}-08T00:00:00Z`) / 60_000;
      for (let minute = start; minute < start + 1440; minute += rate === 1 ? 1 : 12) {
        addTotal(
          total,
          totalOf(world, VECTORLENS.model, world.tally(VECTORLENS.model, minute), minute),
        );
      }
      const name = 'vectorlens_request_duration_seconds';
      return p95(histogram(VECTORLENS, name, total, { endpoint: 'answer' }));
    });
    for (const value of p95s) expect(value / p95s[1]!).toBeCloseTo(1, 1);
  });

  test('a provider’s limit turns away just what exceeds it', () => {
    const from = 29_500_000;
    const change = { multiply: { traffic: 3, 'chatapi.rate_limit': 0.02 } };
    const world = worldOf({
      rate: 50,
      profile: 'flat',
      incidents: [incident(from, from + 30, change)],
    });
    let allowed = 0;
    let served = 0;
    for (let minute = from; minute < from + 30; minute++) {
      const { limits, calls } = world.minute(minute).conditions;
      expect(calls[0]!).toBeGreaterThan(limits[0]!);
      allowed += limits[0]! * (1 - NORMAL['chatapi.rate_limited']);
      const total = totalOf(world, CHATAPI.model, world.tally(CHATAPI.model, minute), minute);
      served +=
        read(CHATAPI, 'chatapi_request_total', total, { model: 'gpt-5-mini' }) -
        rateLimitedCalls(world.tally(CHATAPI.model, minute).counts);
    }
    expect(Math.abs(served - allowed) / Math.sqrt(allowed)).toBeLessThan(3.5);
  });
});

/** Calls to the first model that were rate limited: its second class. */
function rateLimitedCalls(counts: readonly number[]): number {
  const { classes } = CHATAPI.model.shape;
  return counts[classes.indexOf('gpt-5-mini/rate_limited')]!;
}

function p95(of: ReturnType<typeof histogram>): number {
  const count = sum(of.buckets);
  let below = 0;
  for (const [i, bound] of of.bounds.entries()) {
    const here = of.buckets[i]!;
    if (below + here >= 0.95 * count) {
      const low = of.bounds[i - 1] ?? 0;
      return low + ((bound - low) * (0.95 * count - below)) / here;
    }
    below += here;
  }
  expect(above(of, of.bounds.at(-1)!)).toBeGreaterThan(0);
  return of.bounds.at(-1)!;
}

/** Chance that a call waits, in an M/M/c queue offered `load` Erlang. */
function erlangC(servers: number, load: number): number {
  let term = 1;
  let below = 0;
  for (let k = 0; k < servers; k++) {
    below += term;
    term *= load / (k + 1);
  }
  const full = term / (1 - load / servers);
  return full / (below + full);
}
