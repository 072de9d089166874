/**
 * What an incident can change, with its value in a world without one. Probabilities are per
 * request that reaches the place; factors multiply a median (latency), a mean (tokens) or a rate.
 * The error shares add up to about half a percent of user requests, most of it the LLM provider's
 * (domain facts §3.3).
 */
export const NORMAL = {
  /** Factor on the rate of user requests. */
  traffic: 1,

  'vectorlens.invalid_request': 0.001,
  'vectorlens.rate_limited': 0.0005,
  'vectorlens.timeout': 0.0002,
  /** Share of answers served by the semantic cache; of queries whose embedding is cached. */
  'vectorlens.semantic_hit': 0.52,
  'vectorlens.embedding_hit': 0.35,
  /** Factor on vectorlens' own processing time. */
  'vectorlens.latency': 1,
  /** Added to the logit of the answers' scores: -1 makes answers clearly worse. */
  'vectorlens.relevance': 0,

  'docstore.timeout': 0.0002,
  'docstore.throttled': 0.0003,
  'docstore.unavailable': 0.0002,
  'docstore.latency': 1,
  /** Factor on the requests per second that docstore, or the LLM, can serve. */
  'docstore.capacity': 1,
  'chatapi.capacity': 1,

  'chatapi.rate_limited': 0.006,
  'chatapi.timeout': 0.003,
  'chatapi.server_error': 0.002,
  'chatapi.content_filter': 0.0012,
  'chatapi.context_length': 0.0009,
  'chatapi.latency': 1,
  'chatapi.time_to_first_token': 1,
  'chatapi.input_tokens': 1,
  'chatapi.output_tokens': 1,
  /** Factor on the provider's requests-per-minute limit. */
  'chatapi.rate_limit': 1,
} as const satisfies Record<string, number>;

export type ParameterName = keyof typeof NORMAL;
export type Parameters = Readonly<Record<ParameterName, number>>;

const PROBABILITIES = (Object.keys(NORMAL) as ParameterName[]).filter(
  (name) => NORMAL[name] > 0 && NORMAL[name] < 1,
);

/** A change of parameters: `set` replaces a value, `multiply` scales it. */
export interface Change {
  readonly multiply?: Partial<Readonly<Record<ParameterName, number>>>;
  readonly set?: Partial<Readonly<Record<ParameterName, number>>>;
}

/** The parameters of a minute in which these changes hold, in order; probabilities end at 1. */
export function changed(changes: readonly Change[]): Parameters {
  const result: Record<ParameterName, number> = { ...NORMAL };
  for (const { multiply = {}, set = {} } of changes) {
    for (const [name, value] of Object.entries(set)) result[name as ParameterName] = value;
    for (const [name, value] of Object.entries(multiply)) result[name as ParameterName] *= value;
  }
  for (const name of PROBABILITIES) result[name] = Math.max(0, Math.min(1, result[name]));
  return result;
}
