import { dispersion, type LogNormal, mean } from './latency.js';
import { LENGTHS, MODELS, PROMPT_TOKENS } from './models.js';
import type { Parameters } from './parameters.js';
import { OPERATIONS, ROUTES, type Route } from './routes.js';
import { beta, binomial, gamma, poisson } from './samplers.js';
import { UNITS } from './store.js';
import { nameKey, type Stream } from './stream.js';

/**
 * How an integer amount (tokens, billed units) comes about from the `n` requests that carry it.
 * Both laws are infinitely divisible, so that an hour can be drawn whole and split afterwards,
 * exactly: sums of Poisson numbers are Poisson and split binomially; sums of gamma numbers are
 * gamma and split by a beta share.
 */
export type AmountLaw =
  | { readonly kind: 'poisson'; readonly least: number; readonly mean: number }
  | { readonly kind: 'gamma'; readonly mean: number; readonly shape: number };

export interface Amount {
  readonly name: string;
  readonly key: number;
  /** Indices of the routes whose requests carry it. */
  readonly routes: readonly number[];
  readonly law: AmountLaw;
  /** The parameter that scales it, if an incident can. */
  readonly factor?: 'chatapi.input_tokens' | 'chatapi.output_tokens';
}

/** Tokens are log-normal per request; sums of them are drawn as gammas of the same two moments. */
export function tokenLaw(tokens: LogNormal): AmountLaw {
  return { kind: 'gamma', mean: mean(tokens), shape: 1 / dispersion(tokens) };
}

function amount(
  name: string,
  law: AmountLaw,
  test: (route: Route) => boolean,
  factor?: Amount['factor'],
): Amount {
  const routes = ROUTES.flatMap((route, index) => (test(route) ? [index] : []));
  return { name, key: nameKey(name), routes, law, ...(factor ? { factor } : {}) };
}

export const AMOUNTS: readonly Amount[] = [
  ...OPERATIONS.map((operation) =>
    amount(`units/${operation}`, { kind: 'poisson', ...UNITS[operation] }, ({ calls }) =>
      calls.some((call) => call.operation === operation && call.outcome === 'ok'),
    ),
  ),
  ...MODELS.flatMap(({ name }, model) =>
    LENGTHS.flatMap(({ length, tokens }) => {
      const carries = ({ llm }: Route) => llm?.model === model && llm.length === length;
      return [
        amount(`input/${name}/${length}`, tokenLaw(PROMPT_TOKENS), carries, 'chatapi.input_tokens'),
        amount(`output/${name}/${length}`, tokenLaw(tokens), carries, 'chatapi.output_tokens'),
      ];
    }),
  ),
];

/** Index of an amount by its name. */
export function amountIndex(name: string): number {
  const index = AMOUNTS.findIndex((entry) => entry.name === name);
  if (index < 0) throw new Error(`no such amount: ${name}`);
  return index;
}

/** The amount that `n` requests carry. */
export function drawAmount(stream: Stream, law: AmountLaw, n: number): number {
  if (n <= 0) return 0;
  if (law.kind === 'poisson') return law.least * n + poisson(stream, (law.mean - law.least) * n);
  return Math.round((gamma(stream, law.shape * n) * law.mean) / law.shape);
}

/** What `part` of the `n` requests carry of a total that all of them carry. */
export function splitAmount(
  stream: Stream,
  law: AmountLaw,
  total: number,
  part: number,
  n: number,
): number {
  if (part <= 0) return 0;
  if (part >= n) return total;
  if (law.kind === 'poisson') {
    return law.least * part + binomial(stream, total - law.least * n, part / n);
  }
  return Math.round(total * beta(stream, law.shape * part, law.shape * (n - part)));
}

/** The amount as an incident scales it. */
export function scaledAmount({ factor }: Amount, total: number, parameters: Parameters): number {
  const by = factor === undefined ? 1 : parameters[factor];
  return by === 1 ? total : Math.round(total * by);
}
