import { REQUEST_TIMEOUT, type SystemState } from './conditions.js';
import { following, type Rest, restOf } from './following.js';
import { logNormal, sumOf } from './latency.js';
import type { Minute } from './model.js';
import { LLM_TIMEOUT } from './models.js';
import { timesInBuckets, type Variant } from './observations.js';
import { type Group, type Observe, observing } from './observing.js';
import { type Endpoint, ROUTES, type Route, routesWhere } from './routes.js';
import { DOCSTORE_TIMEOUT } from './store.js';
import { always, asQuickAs, grouped, operationTime, wait } from './times.js';

// How long the requests of users take: the sum of the steps on their routes.

const EMBEDDING = logNormal(0.08, 0.4);
const CACHED_EMBEDDING = logNormal(0.002, 0.4);
const EMBEDDING_OF_DOCUMENT = logNormal(0.3, 0.5);
const CACHED_ANSWER = logNormal(0.012, 0.4);
const REFUSAL = logNormal(0.004, 0.4);

/** How long the requests of an endpoint take. `bounds` are in 1/`scale` s. */
export function requestTimes(
  endpoint: Endpoint,
  bounds: readonly number[],
  scale: number,
): Observe<Minute> {
  const name = `duration/${endpoint}`;
  const groups = requestGroups(endpoint, bounds, scale);
  if (endpoint !== 'answer') return observing(name, bounds, groups);
  const others = ({ calls }: Minute) => calls();
  return following({ name, bounds, groups, others, rest: (state) => answerRest(state, scale) });
}

/**
 * The requests of one endpoint, in groups that take equally long: all but those that came to call
 * an LLM, which take as long as that and a rest.
 */
export function requestGroups(
  endpoint: Endpoint,
  bounds: readonly number[],
  scale: number,
): readonly Group[] {
  const limit = REQUEST_TIMEOUT[endpoint] * scale;
  const own = routesWhere((route) => route.endpoint === endpoint && !route.llm);
  return grouped(own, paceOf).map((routes) => ({
    routes,
    fall: (state) => timesInBuckets(timesOn(ROUTES[routes[0]!]!, state), bounds, scale, limit),
  }));
}

/** All of an answer but its LLM call; both together end before vectorlens gives up. */
export function answerRest(state: SystemState, scale: number): Rest {
  const { search, get } = state.operations;
  const variants = embeddings('answer', state).map(({ weight, time }) => ({
    weight,
    time: sumOf(time, state.own, search, get),
  }));
  return restOf(variants, scale, (REQUEST_TIMEOUT.answer - LLM_TIMEOUT) * scale);
}

/** Requests of an endpoint that have this in common take equally long. */
function paceOf({ end, semantic, calls }: Route): string {
  return [
    end === 'rate_limited' ? 'invalid_request' : end,
    semantic,
    ...calls.map(({ outcome }) => asQuickAs(outcome)),
  ].join('/');
}

/** Retrievals: the docstore calls of searches and answers for which all of these succeeded. */
export function retrievalGroups(bounds: readonly number[], scale: number): readonly Group[] {
  return (['search', 'answer'] as const).map((endpoint) => {
    const routes = routesWhere((route) => route.endpoint === endpoint && isRetrieval(route));
    const { calls } = ROUTES[routes[0]!]!;
    const limit = calls.length * DOCSTORE_TIMEOUT * scale;
    return {
      routes,
      fall: (state) =>
        timesInBuckets(always(sumOf(...callTimes(calls, state))), bounds, scale, limit),
    };
  });
}

/** Whether a request found and read its documents. */
export function isRetrieval({ endpoint, end, calls }: Route): boolean {
  return endpoint !== 'ingest' && calls.length > 0 && end !== 'docstore';
}

function timesOn(route: Route, state: SystemState): readonly Variant[] {
  const { endpoint, end, semantic, calls } = route;
  if (end === 'timeout') return always(wait(REQUEST_TIMEOUT[endpoint]));
  if (end === 'invalid_request' || end === 'rate_limited') return always(REFUSAL);
  const steps = [state.own, ...callTimes(calls, state)];
  if (semantic === 'hit') steps.push(CACHED_ANSWER);
  return embeddings(endpoint, state).map(({ weight, time }) => ({
    weight,
    time: sumOf(time, ...steps),
  }));
}

/** The embedding comes first: a query's is cached or computed, a document's is computed. */
function embeddings(endpoint: Endpoint, { parameters }: SystemState): readonly Variant[] {
  if (endpoint === 'ingest') return always(EMBEDDING_OF_DOCUMENT);
  const hit = parameters['vectorlens.embedding_hit'];
  return [
    { weight: hit, time: CACHED_EMBEDDING },
    { weight: 1 - hit, time: EMBEDDING },
  ];
}

function callTimes(calls: Route['calls'], state: SystemState) {
  return calls.map(({ operation, outcome }) => operationTime(state, operation, outcome));
}
