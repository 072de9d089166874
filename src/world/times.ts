import type { SystemState } from './conditions.js';
import { type LogNormal, logNormal, stretched } from './latency.js';
import { LENGTHS, LLM_TIMEOUT } from './models.js';
import type { Variant } from './observations.js';
import { type DocstoreOutcome, type Operation, ROUTES, type Route } from './routes.js';
import { DOCSTORE_TIMEOUT } from './store.js';

// How long the calls of a request take, whatever becomes of them. The services below measure these
// times, and vectorlens adds them up.

/** Waiting for a timeout takes just that long. */
export function wait(seconds: number): LogNormal {
  return logNormal(seconds, 0.001);
}

const DOCSTORE_WAIT = wait(DOCSTORE_TIMEOUT);
/** docstore says at once that it is throttled or unavailable. */
const DOCSTORE_REFUSAL = logNormal(0.004, 0.5);

/** Time of a docstore call. */
export function operationTime(
  state: SystemState,
  operation: Operation,
  outcome: DocstoreOutcome,
): LogNormal {
  if (outcome === 'ok') return state.operations[operation];
  if (outcome === 'timeout') return DOCSTORE_WAIT;
  return stretched(DOCSTORE_REFUSAL, state.docstore.stretch);
}

const LLM_WAIT = wait(LLM_TIMEOUT);
/** Rate limits and server errors come quickly; a filter looks at the content first. */
const LLM_REFUSAL = logNormal(0.35, 0.5);
const LLM_OBJECTION = logNormal(0.6, 0.4);

/** Times of an LLM call; answers of different lengths take differently long. */
export function llmTimes(
  state: SystemState,
  { model, outcome }: NonNullable<Route['llm']>,
): readonly Variant[] {
  if (outcome === 'ok') {
    return LENGTHS.map(({ share }, l) => ({
      weight: share * (1 - state.lateCalls[model]![l]!),
      time: state.calls[model]![l]!,
    }));
  }
  if (outcome === 'timeout') return always(LLM_WAIT);
  const quick = asQuickAs(outcome) === 'rate_limited';
  return always(stretched(quick ? LLM_REFUSAL : LLM_OBJECTION, state.chatapi.stretch));
}

export function always(time: LogNormal): readonly Variant[] {
  return [{ weight: 1, time }];
}

/** One outcome for all that take as long as this one. */
export function asQuickAs<Outcome extends string>(outcome: Outcome) {
  if (outcome === 'unavailable') return 'throttled';
  if (outcome === 'server_error') return 'rate_limited';
  if (outcome === 'context_length') return 'content_filter';
  return outcome;
}

/** Routes in groups of the same name, so that what takes equally long is drawn together. */
export function grouped(
  routes: readonly number[],
  nameOf: (route: Route) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const route of routes) {
    const name = nameOf(ROUTES[route]!);
    const group = groups.get(name);
    if (group) group.push(route);
    else groups.set(name, [route]);
  }
  return [...groups.values()];
}

/** Times of the docstore calls of a route. */
export function callTimes(calls: Route['calls'], state: SystemState): readonly LogNormal[] {
  return calls.map(({ operation, outcome }) => operationTime(state, operation, outcome));
}
