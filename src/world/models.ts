import {
  dispersion,
  type LogNormal,
  logNormal,
  mean,
  product,
  stretched,
  sumOf,
} from './latency.js';

/** An LLM that chatapi calls. */
export interface Model {
  readonly name: string;
  /** Share of the LLM calls; small models lead. */
  readonly share: number;
  /** Time to the first token, and per further token. */
  readonly firstToken: LogNormal;
  readonly perToken: LogNormal;
  /** Requests a minute that the provider allows, for a rate of 1 user request a second. */
  readonly requestsPerMinute: number;
}

/** Domain facts §3.3: hosted time to first token 0.2–1 s with σ near 0.6, 44–235 tokens a second. */
export const MODELS: readonly Model[] = [
  {
    name: 'gpt-5-mini',
    share: 0.8,
    firstToken: logNormal(0.4, 0.55),
    perToken: logNormal(0.009, 0.3),
    requestsPerMinute: 250,
  },
  {
    name: 'claude-haiku-4.5',
    share: 0.15,
    firstToken: logNormal(0.5, 0.55),
    perToken: logNormal(0.01, 0.3),
    requestsPerMinute: 200,
  },
  {
    name: 'claude-sonnet',
    share: 0.05,
    firstToken: logNormal(0.7, 0.55),
    perToken: logNormal(0.016, 0.3),
    requestsPerMinute: 150,
  },
];

/**
 * Answers are short or long, as the bimodal outputs of the Azure conversation trace (domain facts
 * §3.1: 0.6 LogN(4.5, 0.45) + 0.4 LogN(6.0, 0.12) tokens).
 */
export type Length = 'short' | 'long';

export interface LengthShape {
  readonly length: Length;
  readonly share: number;
  readonly tokens: LogNormal;
}

export const LENGTHS: readonly LengthShape[] = [
  { length: 'short', share: 0.6, tokens: { mu: 4.5, sigma: 0.45 } },
  { length: 'long', share: 0.4, tokens: { mu: 6.0, sigma: 0.12 } },
];

/** Mean and variance of an answer's tokens, short or long. */
export const ANSWER_MOMENTS = answerMoments();

function answerMoments() {
  let first = 0;
  let second = 0;
  for (const { share, tokens } of LENGTHS) {
    const m = mean(tokens);
    first += share * m;
    second += share * m * m * (1 + dispersion(tokens));
  }
  return { mean: first, variance: second - first * first };
}

/** Tokens of a RAG prompt (system text, 4–8 chunks, question): median 2,500, p95 6,000. */
export const PROMPT_TOKENS: LogNormal = logNormal(2500, 0.532);

/** chatapi gives up on the provider after this long, in seconds. */
export const LLM_TIMEOUT = 30;

/** Time from a call to its first token, `factor` times as long as usual. */
export function firstTokenTime(model: Model, factor: number): LogNormal {
  return stretched(model.firstToken, factor);
}

/** The time of one LLM call: first token, then `tokens − 1 ≈ tokens` more, `factor` times as many. */
export function callTime(
  model: Model,
  { tokens }: LengthShape,
  factor: { readonly firstToken: number; readonly tokens: number },
): LogNormal {
  const streaming = stretched(product(tokens, model.perToken), factor.tokens);
  return sumOf(firstTokenTime(model, factor.firstToken), streaming);
}
