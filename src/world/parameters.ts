/** What an incident can change. */
interface Parameter {
  /** Its value in a world without incidents. */
  readonly normal: number;
  /** What it may be: no incident takes it beyond. */
  readonly least: number;
  readonly most: number;
  readonly kind: 'probability' | 'factor' | 'shift';
  readonly meaning: string;
}

function probability(normal: number, meaning: string): Parameter {
  return { normal, least: 0, most: 1, kind: 'probability', meaning };
}

function factor(meaning: string): Parameter {
  return { normal: 1, least: 0, most: 10_000, kind: 'factor', meaning };
}

/** Times are never nothing: the world takes logarithms of them. */
function timeFactor(meaning: string): Parameter {
  return { ...factor(meaning), least: 0.001 };
}

/**
 * What an incident can change. Probabilities are per request that reaches the place; factors multiply
 * a median (latency), a mean (tokens) or a rate. The error shares add up to about half a percent of
 * user requests, most of it the LLM provider's (domain facts §3.3).
 */
export const PARAMETERS = {
  traffic: factor('rate of user requests'),

  'vectorlens.invalid_request': probability(0.001, 'a request is refused as invalid'),
  'vectorlens.rate_limited': probability(0.0005, 'a request is refused: its user sends too many'),
  'vectorlens.timeout': probability(0.0002, 'vectorlens gives up on a request'),
  'vectorlens.semantic_hit': probability(0.52, 'the semantic cache has the answer'),
  'vectorlens.embedding_hit': probability(0.35, 'the embedding of a query is cached'),
  'vectorlens.latency': timeFactor("vectorlens' own processing time"),
  'vectorlens.relevance': {
    ...{ normal: 0, least: -10, most: 10, kind: 'shift' },
    meaning: "added to the logit of the answers' scores: -1 makes them clearly worse",
  },

  'docstore.timeout': probability(0.0002, 'an operation times out'),
  'docstore.throttled': probability(0.0003, 'an operation is throttled'),
  'docstore.unavailable': probability(0.0002, 'an operation finds no docstore'),
  'docstore.latency': timeFactor('time of an operation'),
  'docstore.capacity': factor('operations per second that docstore can serve'),

  'chatapi.rate_limited': probability(0.006, 'the provider refuses a call: too many'),
  'chatapi.timeout': probability(0.003, 'a call times out'),
  'chatapi.server_error': probability(0.002, 'the provider answers with a server error'),
  'chatapi.content_filter': probability(0.0012, "the provider's filter objects"),
  'chatapi.context_length': probability(0.0009, 'the prompt is too long'),
  'chatapi.latency': timeFactor('time of an LLM call'),
  'chatapi.time_to_first_token': timeFactor('time from a call to its first token'),
  'chatapi.input_tokens': factor('tokens of a prompt'),
  'chatapi.output_tokens': factor('tokens of an answer, and the time they take'),
  'chatapi.capacity': factor('LLM calls per second that the provider can serve'),
  'chatapi.rate_limit': factor("the provider's limit of requests per minute"),
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;
export type Parameters = Readonly<Record<ParameterName, number>>;

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The values in a world without incidents. */
export const NORMAL: Parameters = eachParameter((name) => PARAMETERS[name].normal);

/** A change of parameters: `set` replaces a value, `multiply` scales it. */
export interface Change {
  readonly multiply?: Partial<Readonly<Record<ParameterName, number>>>;
  readonly set?: Partial<Readonly<Record<ParameterName, number>>>;
}

/** The parameters of a minute in which these changes hold, in order; each ends within its limits. */
export function changed(changes: readonly Change[]): Parameters {
  const result: Record<ParameterName, number> = { ...NORMAL };
  for (const { multiply = {}, set = {} } of changes) {
    for (const [name, value] of Object.entries(set)) result[name as ParameterName] = value;
    for (const [name, value] of Object.entries(multiply)) result[name as ParameterName] *= value;
  }
  return eachParameter((name) => {
    const { least, most } = PARAMETERS[name];
    return Math.max(least, Math.min(most, result[name]));
  });
}

function eachParameter(value: (name: ParameterName) => number): Record<ParameterName, number> {
  return Object.fromEntries(PARAMETER_NAMES.map((name) => [name, value(name)])) as Record<
    ParameterName,
    number
  >;
}
