import type { SystemState } from './conditions.js';
import { sumOf } from './latency.js';
import { timesInBuckets } from './observations.js';
import {
  type Draws,
  drawSum,
  type Group,
  groupDraws,
  type Happened,
  type Observations,
  observations,
  together,
} from './observing.js';
import { ROUTES, type Route, routesWhere } from './routes.js';
import { DOCSTORE_TIMEOUT } from './store.js';
import { nameKey } from './stream.js';
import { always, callTimes } from './times.js';

// How long retrievals take: vectorlens measures them, and its searches and answers wait for them.

const MICROSECONDS = 1e6;

/** In microseconds. */
export const RETRIEVAL_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10].map(
  (seconds) => Math.round(seconds * MICROSECONDS),
);

/** Whether a request found and read its documents. */
export function isRetrieval({ endpoint, end, calls }: Route): boolean {
  return endpoint !== 'ingest' && calls.length > 0 && end !== 'docstore';
}

/** The retrievals of a minute: those of searches and those of answers, and all of them. */
export interface Retrievals {
  readonly search: Observations;
  readonly answer: Observations;
  readonly all: Observations;
}

/** The docstore calls of searches, or of answers, for which all of these succeeded. */
function retrievalsOf(endpoint: 'search' | 'answer'): Group {
  const routes = routesWhere((route) => route.endpoint === endpoint && isRetrieval(route));
  const { calls } = ROUTES[routes[0]!]!;
  const limit = calls.length * DOCSTORE_TIMEOUT * MICROSECONDS;
  const fall = (state: SystemState) =>
    timesInBuckets(
      always(sumOf(...callTimes(calls, state))),
      RETRIEVAL_BOUNDS,
      MICROSECONDS,
      limit,
    );
  return { routes, fall };
}

const KEY = nameKey('retrieval');
const draw = groupDraws([retrievalsOf('search'), retrievalsOf('answer')]);

/** The retrievals of a minute; `draws` are vectorlens'. */
export function drawRetrievals(minute: Happened, draws: Draws): Retrievals {
  const stream = draws(KEY);
  const [search, answer] = draw(stream, minute).map((group) => {
    const spread = drawSum(stream, RETRIEVAL_BOUNDS, [group]);
    return observations(stream, RETRIEVAL_BOUNDS, [group], spread);
  }) as [Observations, Observations];
  return { search, answer, all: together(search, answer) };
}
