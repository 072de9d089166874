import { REQUEST_TIMEOUT, type SystemState } from './conditions.js';
import { type Following, following, type Within } from './following.js';
import { type LogNormal, logNormal, sumOf } from './latency.js';
import type { Minute } from './model.js';
import { LLM_TIMEOUT } from './models.js';
import { timesInBuckets, type Variant } from './observations.js';
import { type Group, type Observe, observing } from './observing.js';
import { COARSE, FINE, type Rest, restOf } from './rest.js';
import { isRetrieval } from './retrievals.js';
import { type Endpoint, ROUTES, type Route, routesWhere } from './routes.js';
import { DOCSTORE_TIMEOUT } from './store.js';
import { always, asQuickAs, callTimes, grouped, wait } from './times.js';

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
  if (endpoint === 'ingest') return observing(name, bounds, groups);
  const besides = (state: SystemState) => workRest(endpoint, state, scale);
  if (endpoint === 'search') {
    const others: Following['others'] = ({ retrievals }) => [retrievals().search];
    return following({ name, bounds, groups, others, rest: besides, fixed: true });
  }
  const others: Following['others'] = ({ calls }) => calls();
  const times: Within['times'] = ({ retrievals }) => retrievals().answer;
  const within = { times, besides };
  return following({
    ...{ name, bounds, groups, others, within },
    rest: (state) => answerRest(state, scale),
  });
}

/**
 * The requests of one endpoint, in groups that take equally long: all but the searches that found
 * something and the answers that came to call an LLM, which take as long as that and a rest.
 */
export function requestGroups(
  endpoint: Endpoint,
  bounds: readonly number[],
  scale: number,
): readonly Group[] {
  const limit = REQUEST_TIMEOUT[endpoint] * scale;
  const own = routesWhere((route) => route.endpoint === endpoint && !isRetrieval(route));
  return grouped(own, paceOf).map((routes) => ({
    routes,
    fall: (state) => timesInBuckets(timesOn(ROUTES[routes[0]!]!, state), bounds, scale, limit),
  }));
}

/** What a search or an answer does besides its calls: the embedding, and vectorlens' own work. */
export function workTimes(endpoint: Endpoint, state: SystemState): readonly Variant[] {
  return withEmbedding(endpoint, state, [state.own]);
}

/** That work, of a search or an answer; with the calls it ends before vectorlens gives up. */
export function workRest(endpoint: 'search' | 'answer', state: SystemState, scale: number): Rest {
  const calls = endpoint === 'search' ? DOCSTORE_TIMEOUT : LLM_TIMEOUT + 2 * DOCSTORE_TIMEOUT;
  return restOf(
    workTimes(endpoint, state),
    scale,
    (REQUEST_TIMEOUT[endpoint] - calls) * scale,
    FINE,
  );
}

/** All of an answer but its LLM call. */
export function answerTimes(state: SystemState): readonly Variant[] {
  const { search, get } = state.operations;
  return withEmbedding('answer', state, [state.own, search, get]);
}

/** The same as points; with the LLM call it ends before vectorlens gives up. */
export function answerRest(state: SystemState, scale: number): Rest {
  return restOf(answerTimes(state), scale, (REQUEST_TIMEOUT.answer - LLM_TIMEOUT) * scale, COARSE);
}

/** Requests of an endpoint that have this in common take equally long. */
function paceOf({ end, semantic, calls }: Route): string {
  return [
    end === 'rate_limited' ? 'invalid_request' : end,
    semantic,
    ...calls.map(({ outcome }) => asQuickAs(outcome)),
  ].join('/');
}

function timesOn(route: Route, state: SystemState): readonly Variant[] {
  const { endpoint, end, semantic, calls } = route;
  if (end === 'timeout') return always(wait(REQUEST_TIMEOUT[endpoint]));
  if (end === 'invalid_request' || end === 'rate_limited') return always(REFUSAL);
  const steps = [state.own, ...callTimes(calls, state)];
  if (semantic === 'hit') steps.push(CACHED_ANSWER);
  return withEmbedding(endpoint, state, steps);
}

function withEmbedding(endpoint: Endpoint, state: SystemState, steps: readonly LogNormal[]) {
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
