import { THRESHOLDS } from '../thresholds.js';
import { dashboard } from './dashboard.js';
import { stat, timeseries } from './panels.js';
import { increase, mean, rate, ratio, spent } from './queries.js';
import { DURATIONS, REQUESTS, SERVICE_VARIABLES } from './services.js';

const SHOWN = '$__range';
const total = REQUESTS.vectorlens;

export const ragDemo = dashboard({
  uid: 'ragmon-demo',
  title: 'RAG Demo Dashboard',
  description: 'The first look: how many requests, how fast, how many fail, what they cost.',
  from: 'now-15m',
  refresh: '10s',
  variables: SERVICE_VARIABLES,
  rows: [
    {
      title: 'At a glance',
      panels: [
        stat({
          title: 'Requests',
          description: 'Requests that users sent to vectorlens in the time shown.',
          unit: 'short',
          decimals: 0,
          width: 4,
          instant: true,
          queries: [{ expr: increase(total, SHOWN), legend: 'requests' }],
        }),
        stat({
          title: 'Request rate',
          description: 'Requests per second that users send to vectorlens.',
          unit: 'reqps',
          decimals: 2,
          width: 4,
          queries: [{ expr: rate(total), legend: 'requests' }],
        }),
        stat({
          title: 'Successful requests',
          description: `Share of the requests in the time shown that succeeded. Red where more than ${THRESHOLDS.errorRate * 100} % fail: there HighErrorRate fires.`,
          unit: 'percentunit',
          decimals: 2,
          width: 4,
          instant: true,
          limit: { below: 1 - THRESHOLDS.errorRate },
          queries: [
            {
              expr: ratio(
                increase(total, SHOWN, { where: { status: 'success' } }),
                increase(total, SHOWN),
              ),
              legend: 'successful',
            },
          ],
        }),
        stat({
          title: 'Average latency',
          description: 'Mean time from a request to its answer, over the time shown.',
          unit: 's',
          decimals: 2,
          width: 4,
          instant: true,
          queries: [{ expr: mean(DURATIONS.vectorlens, { over: SHOWN }), legend: 'latency' }],
        }),
        stat({
          title: 'LLM calls',
          description: 'Calls to an LLM in the time shown.',
          unit: 'short',
          decimals: 0,
          width: 4,
          instant: true,
          queries: [{ expr: increase(REQUESTS.chatapi, SHOWN), legend: 'calls' }],
        }),
        stat({
          title: 'Spend',
          description: 'What LLM and document store cost in the time shown, in US dollars.',
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          queries: [{ expr: spent(SHOWN), legend: 'spend' }],
        }),
      ],
    },
    {
      title: 'Over time',
      panels: [
        timeseries({
          title: 'RAG requests over time by service',
          description:
            'Requests per second. A request to vectorlens becomes operations of docstore and, for an answer, a call through chatapi.',
          unit: 'reqps',
          width: 12,
          height: 10,
          queries: Object.entries(REQUESTS).map(([service, metric]) => ({
            expr: rate(metric),
            legend: service,
          })),
        }),
        timeseries({
          title: 'Average request latency by service',
          description:
            'Mean time of a request: end to end in vectorlens, of an operation in docstore, to the last token in chatapi. The scale is logarithmic: docstore answers in milliseconds, an LLM in seconds.',
          unit: 's',
          width: 12,
          height: 10,
          logarithmic: true,
          queries: Object.entries(DURATIONS).map(([service, histogram]) => ({
            expr: mean(histogram),
            legend: service,
          })),
        }),
      ],
    },
  ],
});
