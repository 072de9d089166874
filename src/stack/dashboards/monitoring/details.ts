import { THRESHOLDS } from '../../thresholds.js';
import type { Draft } from '../draft.js';
import { heatmap, stat, timeseries } from '../panels.js';
import { buckets, gauge, increase, mean, quantile, rate, ratio } from '../queries.js';
import { DURATIONS, REQUESTS } from '../services.js';
import { quantiles } from './ten.js';

const OBJECTIVE = `${THRESHOLDS.availability * 100} %`;

/** How many times as fast as the objective allows errors use up its budget. */
function burn(over: string): string {
  const failed = increase(REQUESTS.vectorlens, over, { where: { status: 'error' } });
  return `${ratio(failed, increase(REQUESTS.vectorlens, over))} / (1 - ${THRESHOLDS.availability})`;
}

export const serviceLevel: readonly Draft[] = [
  stat({
    title: 'Error budget left',
    description: `The objective is that ${OBJECTIVE} of the requests of 30 days succeed: what is left of the failures that it allows. Below 0 it is missed.`,
    unit: 'percentunit',
    decimals: 1,
    width: 6,
    height: 8,
    instant: true,
    limit: { below: 0 },
    queries: [{ expr: `1 - ${burn('30d')}`, legend: 'budget' }],
  }),
  timeseries({
    title: 'Error budget burn rate',
    description: `How fast errors use up the budget of ${OBJECTIVE}: at 1 it lasts 30 days, at 14.4 two days. The alerts of the error budget look at pairs of such windows.`,
    unit: 'none',
    decimals: 2,
    width: 18,
    queries: ['5m', '1h', '6h'].map((over) => ({ expr: burn(over), legend: `over ${over}` })),
  }),
];

export const distributions: readonly Draft[] = [
  heatmap({
    title: 'Search latency',
    description: 'How many searches took how long, end to end.',
    unit: 's',
    width: 12,
    expr: buckets(DURATIONS.vectorlens, { where: { endpoint: 'search' } }),
  }),
  heatmap({
    title: 'Answer latency',
    description:
      'How many answers took how long, end to end: those from the semantic cache are the fast ones.',
    unit: 's',
    width: 12,
    expr: buckets(DURATIONS.vectorlens, { where: { endpoint: 'answer' } }),
  }),
  heatmap({
    title: 'Document store latency',
    description: 'How many operations of the document store took how long.',
    unit: 's',
    width: 12,
    expr: buckets(DURATIONS.docstore),
  }),
  heatmap({
    title: 'First token latency',
    description: 'How many calls to an LLM had to wait how long for the first token.',
    unit: 's',
    width: 12,
    expr: buckets('chatapi_time_to_first_token_seconds'),
  }),
];

export const retrieval: readonly Draft[] = [
  timeseries({
    title: 'Retrieval time p50/p95/p99',
    description: 'Vector search and, for an answer, reading the documents.',
    unit: 's',
    width: 8,
    queries: quantiles('vectorlens_retrieval_duration_seconds'),
  }),
  timeseries({
    title: 'Document store p95 by operation',
    description: 'p95 of the time of an operation of the document store.',
    unit: 's',
    width: 8,
    queries: [
      { expr: quantile(0.95, DURATIONS.docstore, { by: ['operation'] }), legend: '{{operation}}' },
    ],
  }),
  timeseries({
    title: 'Document store operations',
    description: 'Operations per second that vectorlens asks of the document store.',
    unit: 'ops',
    width: 8,
    queries: [{ expr: rate(REQUESTS.docstore, { by: ['operation'] }), legend: '{{operation}}' }],
  }),
  timeseries({
    title: 'Document store errors by type',
    description: 'Operations of the document store that failed, per minute, by cause.',
    unit: 'cpm',
    width: 8,
    stacked: true,
    queries: [
      { expr: `60 * ${rate('documentstore_error_total', { by: ['type'] })}`, legend: '{{type}}' },
    ],
  }),
  timeseries({
    title: 'Documents per search',
    description: 'Documents that a search returned: mean and median.',
    unit: 'short',
    width: 8,
    queries: [
      { expr: mean('documentstore_docs_returned'), legend: 'mean' },
      { expr: quantile(0.5, 'documentstore_docs_returned'), legend: 'p50' },
    ],
  }),
  timeseries({
    title: 'Stored',
    description: 'Bytes that the document store holds, with their index. It grows with ingest.',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: gauge('max', 'documentstore_storage_bytes'), legend: 'stored' }],
  }),
];

export const llm: readonly Draft[] = [
  timeseries({
    title: 'Time to first token p50/p95/p99',
    description: `From a call to an LLM to its first token. HighTimeToFirstToken fires where p95 stays above ${THRESHOLDS.timeToFirstToken} s.`,
    unit: 's',
    width: 8,
    limits: [{ above: THRESHOLDS.timeToFirstToken }],
    queries: quantiles('chatapi_time_to_first_token_seconds'),
  }),
  timeseries({
    title: 'LLM call p95 by model',
    description: 'p95 of the time from a call to its last token.',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.95, DURATIONS.chatapi, { by: ['model'] }), legend: '{{model}}' }],
  }),
  timeseries({
    title: 'LLM calls by model',
    description: 'Calls per second.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [{ expr: rate(REQUESTS.chatapi, { by: ['model'] }), legend: '{{model}}' }],
  }),
  timeseries({
    title: 'LLM errors by type',
    description: 'Calls to an LLM that failed, per minute, by cause.',
    unit: 'cpm',
    width: 8,
    stacked: true,
    queries: [
      { expr: `60 * ${rate('chatapi_error_total', { by: ['type'] })}`, legend: '{{type}}' },
    ],
  }),
  timeseries({
    title: 'Tokens per call by model',
    description: 'Mean number of tokens sent with a call, and of tokens generated for it.',
    unit: 'short',
    width: 8,
    queries: (['input', 'output'] as const).map((side) => ({
      expr: ratio(
        rate(`chatapi_tokens_${side}_total`, { by: ['model'] }),
        rate(REQUESTS.chatapi, { by: ['model'] }),
      ),
      legend: `{{model}} ${side}`,
    })),
  }),
  timeseries({
    title: 'Failures from below',
    description: 'Requests to vectorlens, per minute, that failed because what it calls did.',
    unit: 'cpm',
    width: 8,
    stacked: true,
    queries: (['docstore', 'llm'] as const).map((below) => ({
      expr: `60 * ${rate(`vectorlens_${below}_error_total`)}`,
      legend: below,
    })),
  }),
];

export const quality: readonly Draft[] = [
  timeseries({
    title: 'Context precision',
    description: 'Share of the retrieved context that answers needed, 0 to 1: mean, median, p10.',
    unit: 'none',
    decimals: 2,
    width: 12,
    max: 1,
    queries: [
      { expr: mean('vectorlens_context_precision'), legend: 'mean' },
      { expr: quantile(0.5, 'vectorlens_context_precision'), legend: 'p50' },
      { expr: quantile(0.1, 'vectorlens_context_precision'), legend: 'p10' },
    ],
  }),
  heatmap({
    title: 'Relevance scores',
    description: 'How many answers had which score.',
    unit: 'none',
    width: 12,
    expr: buckets('vectorlens_relevance_score'),
  }),
];
