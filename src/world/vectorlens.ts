import type { SystemState } from './conditions.js';
import { type Minute, serviceModel } from './model.js';
import { numbersInBuckets, scoresInBuckets } from './observations.js';
import { observing } from './observing.js';
import { requestTimes } from './requests.js';
import { isRetrieval, RETRIEVAL_BOUNDS } from './retrievals.js';
import {
  ENDPOINTS,
  type Endpoint,
  REFUSALS,
  type RequestEnd,
  ROUTES,
  type Route,
  routesWhere,
} from './routes.js';

const MILLIONTHS = 1e6;
const millionths = (...bounds: number[]) => bounds.map((b) => Math.round(b * MILLIONTHS));

/** Every alert threshold is a bound: 2 s for a search, 15 s for an answer. */
const DURATION = millionths(
  ...[0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60],
);
const SCORE = millionths(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1);
/** Misses of one lookup: 0 is a hit. */
const MISSES = [0, 1];

const ENDS: readonly RequestEnd[] = ['ok', ...REFUSALS, 'docstore', 'llm'];

/** Requests that end alike; answers that a semantic cache hit served are a class of their own. */
const CLASSES = ENDPOINTS.flatMap((endpoint) =>
  [false, true].flatMap((cached) =>
    ENDS.map((end) => ({
      name: `${endpoint}/${end}${cached ? '/cached' : ''}`,
      routes: routesWhere(
        (route) =>
          route.endpoint === endpoint && route.end === end && (route.semantic === 'hit') === cached,
      ),
    })),
  ),
).filter(({ routes }) => routes.length > 0);

/** Indices of the classes all of whose routes pass. */
function classesWhere(test: (route: Route) => boolean): readonly number[] {
  return CLASSES.flatMap(({ routes }, index) =>
    routes.every((route) => test(ROUTES[route]!)) ? [index] : [],
  );
}

const isAnswered = ({ endpoint, end }: Route) => endpoint === 'answer' && end === 'ok';
/** Whether the query's embedding was looked up. */
const isLookup = ({ endpoint, end }: Route) =>
  endpoint !== 'ingest' && !(REFUSALS as readonly string[]).includes(end);

/** Scores of answers: logit-normal, around `mu` as long as no incident shifts it. */
function scores(name: string, mu: number, sigma: number) {
  return {
    of: classesWhere(isAnswered),
    bounds: SCORE,
    scale: MILLIONTHS,
    observe: observing(name, SCORE, [
      {
        routes: routesWhere(isAnswered),
        fall: ({ parameters }: SystemState) =>
          scoresInBuckets(mu + parameters['vectorlens.relevance'], sigma, SCORE, MILLIONTHS),
      },
    ]),
  };
}

/** Where what stands in a tally. */
export const VECTORLENS_INDEX = {
  duration: (endpoint: Endpoint) => ENDPOINTS.indexOf(endpoint),
  retrieval: ENDPOINTS.length,
  relevance: ENDPOINTS.length + 1,
  precision: ENDPOINTS.length + 2,
  /** Lookups of a query's embedding, by the number of misses. */
  embeddingMisses: ENDPOINTS.length + 3,
};

export const vectorlensModel = serviceModel({
  name: 'vectorlens',
  classes: CLASSES,
  histograms: [
    ...ENDPOINTS.map((endpoint) => ({
      of: classesWhere((route) => route.endpoint === endpoint),
      bounds: DURATION,
      scale: MILLIONTHS,
      observe: requestTimes(endpoint, DURATION, MILLIONTHS),
    })),
    {
      of: classesWhere(isRetrieval),
      bounds: RETRIEVAL_BOUNDS,
      scale: MILLIONTHS,
      observe: ({ retrievals }: Minute) => retrievals().all,
    },
    scores('relevance', 1.6, 0.7),
    scores('precision', 1.1, 0.8),
    {
      of: classesWhere(isLookup),
      bounds: MISSES,
      scale: 1,
      observe: observing('embedding', MISSES, [
        {
          routes: routesWhere(isLookup),
          fall: ({ parameters }: SystemState) => {
            const hit = parameters['vectorlens.embedding_hit'];
            return numbersInBuckets([hit, 1 - hit]);
          },
        },
      ]),
    },
  ],
  amounts: [],
  moneyDivisors: [],
  money: () => [],
});
