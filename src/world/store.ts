import { type LogNormal, logNormal } from './latency.js';
import type { Operation } from './routes.js';

/** docstore's own times (domain facts §3.3): vector search, reading the chunks found, writing. */
export const OPERATION_TIMES: Readonly<Record<Operation, LogNormal>> = {
  search: logNormal(0.012, 0.55),
  get: logNormal(0.01, 0.5),
  put: logNormal(0.03, 0.5),
};

/** vectorlens gives up on docstore after this long, in seconds. */
export const DOCSTORE_TIMEOUT = 5;

/** Mean billed units of one successful operation; at least `least`, the rest a Poisson number. */
export const UNITS: Readonly<Record<Operation, { readonly least: number; readonly mean: number }>> =
  {
    search: { least: 1, mean: 4 },
    get: { least: 1, mean: 2 },
    put: { least: 1, mean: 12 },
  };

/** Documents that a search returns, 0 to 10, and how often (top-k of 4 to 8, after filtering). */
export const DOCS_RETURNED = [0.01, 0.01, 0.02, 0.05, 0.22, 0.17, 0.19, 0.08, 0.22, 0.02, 0.01];
