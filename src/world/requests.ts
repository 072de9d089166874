import { REQUEST_TIMEOUT, type SystemState } from './conditions.js';
import { logNormal, sumOf } from './latency.js';
import type { Group } from './model.js';
import { timesInBuckets, type Variant } from './observations.js';
import { type Endpoint, ROUTES, type Route, routesWhere } from './routes.js';
import { DOCSTORE_TIMEOUT } from './store.js';
import { always, asQuickAs, grouped, llmTimes, operationTime, wait } from './times.js';

// How long the requests of users take: the sum of the steps on their routes.

const EMBEDDING = logNormal(0.08, 0.4);
const CACHED_EMBEDDING = logNormal(0.002, 0.4);
const EMBEDDING_OF_DOCUMENT = logNormal(0.3, 0.5);
const CACHED_ANSWER = logNormal(0.012, 0.4);
const REFUSAL = logNormal(0.004, 0.4);

/** The requests of one endpoint, in groups that take equally long. `bounds` are in 1/`scale` s. */
export function requestGroups(
  endpoint: Endpoint,
  bounds: readonly number[],
  scale: number,
): readonly Group[] {
  const limit = REQUEST_TIMEOUT[endpoint] * scale;
  const own = routesWhere((route) => route.endpoint === endpoint);
  return grouped(own, paceOf).map((routes) => ({
    routes,
    fall: (state) => timesInBuckets(requestTimes(ROUTES[routes[0]!]!, state), bounds, scale, limit),
  }));
}

/** Requests of an endpoint that have this in common take equally long. */
function paceOf({ end, semantic, calls, llm }: Route): string {
  return [
    end === 'rate_limited' ? 'invalid_request' : end,
    semantic,
    ...calls.map(({ outcome }) => asQuickAs(outcome)),
    llm?.outcome === 'ok' ? llm.model : llm && asQuickAs(llm.outcome),
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

function requestTimes(route: Route, state: SystemState): readonly Variant[] {
  const { endpoint, end, semantic, calls, llm } = route;
  if (end === 'timeout') return always(wait(REQUEST_TIMEOUT[endpoint]));
  if (end === 'invalid_request' || end === 'rate_limited') return always(REFUSAL);
  const steps = [state.own, ...callTimes(calls, state)];
  if (semantic === 'hit') steps.push(CACHED_ANSWER);
  const below = llm
    ? llmTimes(state, llm).map(({ weight, time }) => ({ weight, steps: [...steps, time] }))
    : [{ weight: 1, steps }];
  return below.flatMap(({ weight, steps }) =>
    embeddings(endpoint, state).map((embedding) => ({
      weight: weight * embedding.weight,
      time: sumOf(embedding.time, ...steps),
    })),
  );
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
