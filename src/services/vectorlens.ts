import { ENDPOINTS, REFUSALS } from '../world/routes.js';
import { VECTORLENS_INDEX as INDEX, vectorlensModel as model } from '../world/vectorlens.js';
import {
  byStatus,
  type CounterDeclaration,
  meanInProgress,
  requests,
  type Service,
} from './service.js';

/** The error types of the catalogue; each is how a request ended. */
const ERRORS = ['timeout', 'docstore', 'llm', 'rate_limited', 'invalid_request'] as const;

const endOf = (name: string) => name.split('/')[1]!;
const ended = (end: string) => requests(model, (name) => endOf(name) === end);
const refused = (name: string) => (REFUSALS as readonly string[]).includes(endOf(name));

function belowErrors(name: string, below: string, end: string): CounterDeclaration {
  return {
    kind: 'counter',
    name,
    help: `Requests to vectorlens that failed because ${below} did.`,
    labels: [],
    series: [{ labels: {}, read: ended(end) }],
  };
}

/** The RAG API: what users call. */
export const vectorlens: Service = {
  name: 'vectorlens',
  model,
  instruments: [
    {
      kind: 'counter',
      name: 'vectorlens_request_total',
      help: 'Requests that users sent to vectorlens.',
      labels: ['endpoint', 'status'],
      series: byStatus(model, 'endpoint', ENDPOINTS),
    },
    {
      kind: 'histogram',
      name: 'vectorlens_request_duration_seconds',
      help: 'Time from a request to vectorlens to its answer.',
      labels: ['endpoint'],
      series: ENDPOINTS.map((endpoint) => ({
        labels: { endpoint },
        histogram: INDEX.duration(endpoint),
      })),
    },
    {
      kind: 'gauge',
      name: 'vectorlens_http_requests_in_progress',
      help: 'Requests that vectorlens is working on.',
      labels: [],
      split: 'additive',
      series: [{ labels: {}, read: meanInProgress(ENDPOINTS.map(INDEX.duration), model) }],
    },
    {
      kind: 'counter',
      name: 'vectorlens_error_total',
      help: 'Requests to vectorlens that failed, by cause.',
      labels: ['type'],
      series: ERRORS.map((type) => ({ labels: { type }, read: ended(type) })),
    },
    belowErrors('vectorlens_docstore_error_total', 'docstore', 'docstore'),
    belowErrors('vectorlens_llm_error_total', 'the LLM', 'llm'),
    {
      kind: 'histogram',
      name: 'vectorlens_retrieval_duration_seconds',
      help: 'Time of a retrieval: vector search and, for an answer, reading the documents.',
      labels: [],
      series: [{ labels: {}, histogram: INDEX.retrieval }],
    },
    {
      kind: 'counter',
      name: 'vectorlens_cache_lookup_total',
      help: 'Cache lookups, by cache and result.',
      labels: ['cache', 'result'],
      series: [
        {
          labels: { cache: 'semantic', result: 'hit' },
          read: requests(model, (name) => name.endsWith('/cached')),
        },
        {
          labels: { cache: 'semantic', result: 'miss' },
          read: requests(
            model,
            (name) => name.startsWith('answer/') && !name.endsWith('/cached') && !refused(name),
          ),
        },
        ...(['hit', 'miss'] as const).map((result, bucket) => ({
          labels: { cache: 'embedding', result },
          observed: true,
          read: (total: { buckets: readonly Float64Array[] }) =>
            total.buckets[INDEX.embeddingMisses]![bucket]!,
        })),
      ],
    },
    {
      kind: 'histogram',
      name: 'vectorlens_relevance_score',
      help: 'Relevance of an answer to its question, 0 to 1.',
      labels: [],
      series: [{ labels: {}, histogram: INDEX.relevance }],
    },
    {
      kind: 'histogram',
      name: 'vectorlens_context_precision',
      help: 'Share of the retrieved context that an answer needed, 0 to 1.',
      labels: [],
      series: [{ labels: {}, histogram: INDEX.precision }],
    },
  ],
};
