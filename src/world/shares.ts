import { zeros } from './arrays.js';
import { either, type SystemState } from './conditions.js';
import { LENGTHS, MODELS } from './models.js';
import { derived } from './recent.js';
import {
  DOCSTORE_FAILURES,
  ENDPOINT_SHARES,
  ENDPOINTS,
  LLM_FAILURES,
  NODE_COUNT,
  place,
  REFUSALS,
  routeChances,
} from './routes.js';

/** The docstore calls of the request path: where each stands in the tree, and what it asks. */
const CALLS = (
  [
    ['search/search', 'search'],
    ['answer/search', 'search'],
    ['answer/search/get', 'get'],
    ['ingest/put', 'put'],
  ] as const
).map(([name, operation]) => ({
  operation,
  outcomes: (['ok', ...DOCSTORE_FAILURES] as const).map((outcome) => ({
    outcome,
    node: place(`${name}:${outcome}`),
  })),
}));

const REQUESTS = ENDPOINTS.map((endpoint) => ({
  endpoint,
  node: place(endpoint),
  refusals: REFUSALS.map((end) => ({ end, node: place(`${endpoint}/${end}`) })),
  accepted: place(`${endpoint}/accepted`),
}));
const HIT = place('answer/hit');
const MISS = place('answer/miss');

const LLM_CALLS = MODELS.map(({ name, share }) => ({
  share,
  node: place(`answer/${name}`),
  failures: LLM_FAILURES.filter((outcome) => outcome !== 'timeout').map((outcome) => ({
    outcome,
    node: place(`answer/${name}:${outcome}`),
  })),
  late: place(`answer/${name}:timeout`),
  lengths: LENGTHS.map(({ length, share }) => ({
    share,
    node: place(`answer/${name}:${length}`),
  })),
}));

/**
 * The chance of each route in a state.
 * @param excess by model: the share of its calls that the provider's limit does not allow
 */
export function routeChancesIn(state: SystemState, excess: readonly number[]): readonly number[] {
  return routeChances(sharesIn(state, excess));
}

/** The same as long as no limit is exceeded. */
export const unlimitedChances = derived((state: SystemState) =>
  routeChancesIn(
    state,
    MODELS.map(() => 0),
  ),
);

/**
 * The share of each place among its siblings. A request meets the causes of failure one after the
 * other, so that the shares of siblings add up to 1 whatever an incident sets.
 */
function sharesIn(state: SystemState, excess: readonly number[]): number[] {
  const { parameters: p, lateRequests, operationChances, lateCalls } = state;
  const shares = zeros(NODE_COUNT);
  for (const { endpoint, node, refusals, accepted } of REQUESTS) {
    const chances = {
      invalid_request: p['vectorlens.invalid_request'],
      rate_limited: p['vectorlens.rate_limited'],
      timeout: lateRequests[endpoint],
    };
    shares[node] = ENDPOINT_SHARES[endpoint];
    let left = 1;
    for (const refusal of refusals) {
      shares[refusal.node] = left * chances[refusal.end];
      left -= shares[refusal.node]!;
    }
    shares[accepted] = left;
  }
  shares[HIT] = p['vectorlens.semantic_hit'];
  shares[MISS] = 1 - shares[HIT]!;

  for (const { operation, outcomes } of CALLS) {
    for (const { outcome, node } of outcomes) shares[node] = operationChances[operation][outcome];
  }

  LLM_CALLS.forEach(({ share, node, failures, late, lengths }, model) => {
    const chances = {
      rate_limited: either(p['chatapi.rate_limited'], excess[model]!),
      server_error: p['chatapi.server_error'],
      content_filter: p['chatapi.content_filter'],
      context_length: p['chatapi.context_length'],
    };
    shares[node] = share;
    let left = 1;
    for (const failure of failures) {
      shares[failure.node] = left * chances[failure.outcome];
      left -= shares[failure.node]!;
    }
    // Whether a call is late shows last, and depends on its length.
    lengths.forEach((length, l) => {
      const lateHere = lateCalls[model]![l]!;
      shares[length.node] = left * length.share * (1 - lateHere);
      shares[late]! += left * length.share * lateHere;
    });
  });
  return shares;
}
