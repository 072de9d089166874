import { type Load, type LogNormal, logNormal, stationLoad, stretched, tail } from './latency.js';
import { callTime, firstTokenTime, LENGTHS, LLM_TIMEOUT, MODELS } from './models.js';
import { NORMAL, type Parameters } from './parameters.js';
import { ENDPOINT_SHARES, ENDPOINTS, type Endpoint, OPERATIONS, type Operation } from './routes.js';
import { DOCSTORE_TIMEOUT, OPERATION_TIMES } from './store.js';

/** Servers of each station, and the utilisation of each at the mean rate: the narrowest is last. */
const SERVERS = { vectorlens: 8, docstore: 4, chatapi: 16 };
const MEAN_UTILISATION = { vectorlens: 0.28, docstore: 0.29, chatapi: 0.33 };

/** vectorlens' own processing time. */
const OWN_TIME = logNormal(0.015, 0.4);
/** vectorlens answers with a timeout after this long, in seconds. */
export const REQUEST_TIMEOUT: Readonly<Record<Endpoint, number>> = {
  search: 10,
  answer: 60,
  ingest: 30,
};

/** Chances of the outcomes of one docstore call; they add up to 1. */
export interface OperationChances {
  readonly ok: number;
  readonly timeout: number;
  readonly throttled: number;
  readonly unavailable: number;
}

/** The system at one level of traffic: all that times and outcomes depend on. */
export interface SystemState {
  /** Its place among the states of its regime. */
  readonly step: number;
  readonly parameters: Parameters;
  readonly vectorlens: Load;
  readonly docstore: Load;
  readonly chatapi: Load;
  /** vectorlens' own part of a request; a docstore operation; to an LLM's first token, by model. */
  readonly own: LogNormal;
  readonly operations: Readonly<Record<Operation, LogNormal>>;
  readonly firstTokens: readonly LogNormal[];
  /** The whole of an LLM call, by model and length. */
  readonly calls: readonly (readonly LogNormal[])[];
  /** Chance that vectorlens gives up on a request by itself. */
  readonly lateRequests: Readonly<Record<Endpoint, number>>;
  readonly operationChances: Readonly<Record<Operation, OperationChances>>;
  /** Chance that an LLM call takes too long, by model and length. */
  readonly lateCalls: readonly (readonly number[])[];
  /** Chance that a user request comes to call an LLM. */
  readonly llmCalls: number;
}

/** The system under one set of parameters. */
export interface Regime {
  readonly parameters: Parameters;
  /** Its state at this multiple of the rate that it is built for. */
  state(traffic: number): SystemState;
}

/** Traffic counts in steps of this part of the mean rate, so that few states are ever computed. */
const STEPS = 128;

export function regimeOf(parameters: Parameters): Regime {
  const states: SystemState[] = [];
  const state = (traffic: number): SystemState => {
    const step = Math.round(traffic * STEPS);
    states[step] ??= { step, ...stateOf(parameters, step / STEPS) };
    return states[step];
  };
  return { parameters, state };
}

export const NORMAL_REGIME = regimeOf(NORMAL);

/**
 * A station is `MEAN_UTILISATION` busy at traffic 1 without an incident, whatever the rate: its
 * capacity grows with the business. What a station cannot take never reaches the next.
 */
function stateOf(p: Parameters, traffic: number): Omit<SystemState, 'step'> {
  const vectorlens = stationLoad(MEAN_UTILISATION.vectorlens * traffic, SERVERS.vectorlens);
  const own = stretched(OWN_TIME, vectorlens.stretch * p['vectorlens.latency']);
  const lateRequests = byName(ENDPOINTS, (endpoint) =>
    either(p['vectorlens.timeout'], vectorlens.overload, tail(own, REQUEST_TIMEOUT[endpoint])),
  );
  const accepted = byName(
    ENDPOINTS,
    (endpoint) =>
      ENDPOINT_SHARES[endpoint] *
      (1 - p['vectorlens.invalid_request']) *
      (1 - p['vectorlens.rate_limited']) *
      (1 - lateRequests[endpoint]),
  );
  const missed = accepted.answer * (1 - p['vectorlens.semantic_hit']);

  const docstore = stationLoad(
    (MEAN_UTILISATION.docstore * traffic * (accepted.search + accepted.ingest + 2 * missed)) /
      (NORMAL_CALLS.docstore * p['docstore.capacity']),
    SERVERS.docstore,
  );
  const operations = byName(OPERATIONS, (operation) =>
    stretched(OPERATION_TIMES[operation], docstore.stretch * p['docstore.latency']),
  );
  const operationChances = byName(OPERATIONS, (operation) => {
    const unavailable = p['docstore.unavailable'];
    const throttled = (1 - unavailable) * p['docstore.throttled'];
    const left = 1 - unavailable - throttled;
    const slow = tail(operations[operation], DOCSTORE_TIMEOUT);
    const late = either(p['docstore.timeout'], docstore.overload, slow);
    return { unavailable, throttled, timeout: left * late, ok: left * (1 - late) };
  });

  const llmCalls = missed * operationChances.search.ok * operationChances.get.ok;
  const chatapi = stationLoad(
    (MEAN_UTILISATION.chatapi * traffic * llmCalls) / (NORMAL_CALLS.llm * p['chatapi.capacity']),
    SERVERS.chatapi,
  );
  const stretch = chatapi.stretch * p['chatapi.latency'];
  const firstToken = stretch * p['chatapi.time_to_first_token'];
  const factor = { firstToken, tokens: stretch * p['chatapi.output_tokens'] };
  const calls = MODELS.map((model) => LENGTHS.map((shape) => callTime(model, shape, factor)));
  return {
    parameters: p,
    vectorlens,
    docstore,
    chatapi,
    own,
    operations,
    firstTokens: MODELS.map((model) => firstTokenTime(model, firstToken)),
    calls,
    lateRequests,
    operationChances,
    lateCalls: calls.map((times) =>
      times.map((time) => either(p['chatapi.timeout'], chatapi.overload, tail(time, LLM_TIMEOUT))),
    ),
    llmCalls,
  };
}

/** Calls that a user request makes at most, on average, without an incident. */
const NORMAL_CALLS = normalCalls();

function normalCalls() {
  const { search, answer, ingest } = ENDPOINT_SHARES;
  const missed = answer * (1 - NORMAL['vectorlens.semantic_hit']);
  return { docstore: search + ingest + 2 * missed, llm: missed };
}

/** The chance that one at least of independent causes strikes. */
export function either(...chances: readonly number[]): number {
  return chances.reduce((a, b) => a + b - a * b, 0);
}

function byName<Name extends string, T>(
  names: readonly Name[],
  value: (name: Name) => T,
): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, T>;
}
