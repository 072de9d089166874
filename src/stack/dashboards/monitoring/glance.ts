import { THRESHOLDS } from '../../thresholds.js';
import type { Draft } from '../draft.js';
import { stat } from '../panels.js';
import { gauge, increase, quantile, rate, ratio, spent } from '../queries.js';
import { DURATIONS, REQUESTS } from '../services.js';

/** As far as the alerts look back on latency and errors. */
const over = '5m';

function p95(histogram: string, where: Readonly<Record<string, string>> = {}) {
  return [{ expr: quantile(0.95, histogram, { where, over }), legend: 'p95' }];
}

/** What is looked at first: as the alerts see it, red where they fire. */
export const glance: readonly Draft[] = [
  stat({
    title: 'Requests per second',
    description: 'Requests that users send to vectorlens.',
    unit: 'reqps',
    decimals: 2,
    width: 3,
    queries: [{ expr: rate(REQUESTS.vectorlens), legend: 'requests' }],
  }),
  stat({
    title: 'Errors',
    description: 'Requests to vectorlens that failed, of those of the last 5 minutes.',
    unit: 'percentunit',
    decimals: 2,
    width: 3,
    limit: { above: THRESHOLDS.errorRate },
    queries: [
      {
        expr: ratio(
          increase(REQUESTS.vectorlens, over, { where: { status: 'error' } }),
          increase(REQUESTS.vectorlens, over),
        ),
        legend: 'errors',
      },
    ],
  }),
  stat({
    title: 'Search p95',
    description: 'p95 of a search, end to end, over the last 5 minutes.',
    unit: 's',
    decimals: 2,
    width: 3,
    limit: { above: THRESHOLDS.searchLatency },
    queries: p95(DURATIONS.vectorlens, { endpoint: 'search' }),
  }),
  stat({
    title: 'Answer p95',
    description: 'p95 of an answer, end to end, over the last 5 minutes.',
    unit: 's',
    decimals: 2,
    width: 3,
    limit: { above: THRESHOLDS.answerLatency },
    queries: p95(DURATIONS.vectorlens, { endpoint: 'answer' }),
  }),
  stat({
    title: 'First token p95',
    description: 'p95 of the time to the first token of an LLM, over the last 5 minutes.',
    unit: 's',
    decimals: 2,
    width: 3,
    limit: { above: THRESHOLDS.timeToFirstToken },
    queries: p95('chatapi_time_to_first_token_seconds'),
  }),
  stat({
    title: 'Semantic cache hits',
    description: 'Hits of the lookups in the semantic cache, over the last 15 minutes.',
    unit: 'percentunit',
    decimals: 1,
    width: 3,
    limit: { below: THRESHOLDS.cacheHitRate },
    queries: [
      {
        expr: ratio(
          increase('vectorlens_cache_lookup_total', '15m', {
            where: { cache: 'semantic', result: 'hit' },
          }),
          increase('vectorlens_cache_lookup_total', '15m', { where: { cache: 'semantic' } }),
        ),
        legend: 'hits',
      },
    ],
  }),
  stat({
    title: 'Spend, last 24 h',
    description: 'What LLM and document store cost in the last 24 hours, in US dollars.',
    unit: 'currencyUSD',
    decimals: 2,
    width: 3,
    instant: true,
    limit: { above: THRESHOLDS.costPerDay },
    queries: [{ expr: spent('1d'), legend: 'spend' }],
  }),
  stat({
    title: 'Last push',
    description:
      'Time since a service last pushed. Between pushes the Pushgateway shows what it was given last, so that a flat line can mean that nobody pushes.',
    unit: 's',
    width: 3,
    limit: { above: THRESHOLDS.pushAge },
    queries: [{ expr: `time() - ${gauge('max', 'push_time_seconds')}`, legend: 'age' }],
  }),
];
