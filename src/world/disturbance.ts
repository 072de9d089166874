import { MODELS } from './models.js';
import { ENDPOINTS, routesWhere } from './routes.js';
import { binomial, poisson } from './samplers.js';
import type { Stream } from './stream.js';

/** The routes of an endpoint, and the same in groups: those to each LLM, and those to none. */
const ENDPOINT_ROUTES = ENDPOINTS.map((endpoint) => ({
  routes: routesWhere((route) => route.endpoint === endpoint),
  groups: [undefined, ...MODELS.keys()].map((model) =>
    routesWhere((route) => route.endpoint === endpoint && route.llm?.model === model),
  ),
}));

/** Requests that were taken off their routes, and how many they were expected to be. */
interface Pool {
  requests: number;
  expected: number;
}

/**
 * What an incident makes of the requests of a minute: it moves them between routes. From means μ to
 * μ′, each request on a route that loses is taken off it with chance 1 − μ′/μ; those go to the
 * routes that gain, in proportion to μ′ − μ: first among the routes to the same LLM, then of the
 * same endpoint. What more traffic brings arrives in addition, and with less traffic some leave.
 * The counts are then independent Poisson(μ′), and what the incident does not touch stays as it was.
 */
export function moveRequests(
  streamOf: (endpoint: number) => Stream,
  usual: readonly number[],
  now: readonly number[],
  before: readonly number[],
): number[] {
  const counts = before.slice();
  const gains = now.map((mean, r) => Math.max(0, mean - usual[r]!));
  ENDPOINT_ROUTES.forEach(({ routes, groups }, endpoint) => {
    const stream = streamOf(endpoint);
    const rest: Pool = { requests: 0, expected: 0 };
    for (const group of groups) {
      const pool = takeOff(stream, group, usual, now, counts);
      const left = putOn(stream, pool, group, gains, counts);
      rest.requests += left.requests;
      rest.expected += left.expected;
    }
    putOn(stream, rest, routes, gains, counts);
    for (const r of routes) counts[r]! += poisson(stream, gains[r]!);
  });
  return counts;
}

function takeOff(
  stream: Stream,
  routes: readonly number[],
  usual: readonly number[],
  now: readonly number[],
  counts: number[],
): Pool {
  const pool = { requests: 0, expected: 0 };
  for (const r of routes) {
    const loss = usual[r]! - now[r]!;
    if (loss <= 0) continue;
    const off = binomial(stream, counts[r]!, loss / usual[r]!);
    counts[r]! -= off;
    pool.requests += off;
    pool.expected += loss;
  }
  return pool;
}

/** Puts as much of a pool on routes as those still gain, which it then takes from `gains`. */
function putOn(
  stream: Stream,
  { requests, expected }: Pool,
  routes: readonly number[],
  gains: number[],
  counts: number[],
): Pool {
  if (expected === 0) return { requests, expected };
  let gain = 0;
  let last = -1;
  for (const r of routes) {
    if (gains[r]! <= 0) continue;
    gain += gains[r]!;
    last = r;
  }
  if (gain === 0) return { requests, expected };
  const placed = gain < expected ? binomial(stream, requests, gain / expected) : requests;
  const filled = Math.min(1, expected / gain);
  let left = placed;
  let open = gain;
  for (const r of routes) {
    if (gains[r]! <= 0) continue;
    const here = r === last ? left : binomial(stream, left, Math.min(1, gains[r]! / open));
    counts[r]! += here;
    left -= here;
    open -= gains[r]!;
    gains[r]! *= 1 - filled;
  }
  return { requests: requests - placed, expected: Math.max(0, expected - gain) };
}
