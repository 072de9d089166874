import { THRESHOLDS } from '../thresholds.js';
import { dashboard } from './dashboard.js';
import type { Query } from './draft.js';
import { onTheRight } from './fields.js';
import { barGauge, stat, timeseries } from './panels.js';
import { gauge, increase, rate, ratio, spending, spent } from './queries.js';
import { REQUESTS, SERVICE_VARIABLES } from './services.js';

const LLM = 'chatapi_cost_dollars_total';
const DOCSTORE = 'documentstore_cost_dollars_total';
/** An hour's part of the limit of a day, in whole cents. */
const HOURLY = Math.round((THRESHOLDS.costPerDay / 24) * 100) / 100;
const MONTH = 'now/M';
/** Seconds until the month ends, UTC. */
const REST_OF_MONTH =
  '((days_in_month() - day_of_month() + 1) * 86400 - (hour() * 3600 + minute() * 60))';

/** By model, and docstore as a whole. */
function bySource(grow: (metric: string, by: readonly string[]) => string): readonly Query[] {
  return [
    { expr: grow(LLM, ['model']), legend: '{{model}}' },
    { expr: grow(DOCSTORE, []), legend: 'document store' },
  ];
}

export const cost = dashboard({
  uid: 'ragmon-cost',
  title: 'RAG Cost',
  description:
    'What LLMs and document store cost, in US dollars; days and months are those of UTC.',
  from: 'now-7d',
  refresh: '5m',
  timezone: 'utc',
  variables: SERVICE_VARIABLES,
  rows: [
    {
      title: 'At a glance',
      panels: [
        stat({
          title: 'Last 24 hours',
          description: `Spend of the last 24 hours. HighCostBurn fires above $${THRESHOLDS.costPerDay}.`,
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          limit: { above: THRESHOLDS.costPerDay },
          queries: [{ expr: spent('1d'), legend: 'spend' }],
        }),
        stat({
          title: 'Pace of the last hour',
          description: `What a day would cost that goes on as the last hour did. A day of more than $${THRESHOLDS.costPerDay} is red.`,
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          limit: { above: THRESHOLDS.costPerDay },
          queries: [{ expr: `24 * ${spent('1h')}`, legend: 'a day' }],
        }),
        stat({
          title: 'Month to date',
          description:
            'Spend since the month began. The panel has this range of its own as long as the dashboard shows a relative one.',
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          timeFrom: MONTH,
          queries: [{ expr: spent('$__range'), legend: 'month to date' }],
        }),
        stat({
          title: 'Forecast to month end',
          description:
            'Month to date, and the mean spend of the last 7 days for what is left of the month. Of the 7 days only hours with data count.',
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          timeFrom: MONTH,
          queries: [
            {
              expr: `${spent('$__range')} + avg_over_time(${spent('1h')}[7d:10m]) / 3600 * ${REST_OF_MONTH}`,
              legend: 'forecast',
            },
          ],
        }),
        stat({
          title: 'Per 1,000 requests',
          description: 'Spend of the last 24 hours, divided by the requests of users.',
          unit: 'currencyUSD',
          decimals: 2,
          width: 4,
          instant: true,
          queries: [
            {
              expr: `1000 * ${ratio(spent('1d'), increase(REQUESTS.vectorlens, '1d'))}`,
              legend: 'per 1,000 requests',
            },
          ],
        }),
        stat({
          title: 'LLM share',
          description: 'What LLMs cost, of all that was spent in the last 24 hours.',
          unit: 'percentunit',
          decimals: 1,
          width: 4,
          instant: true,
          queries: [{ expr: ratio(increase(LLM, '1d'), spent('1d')), legend: 'LLM' }],
        }),
      ],
    },
    {
      title: 'Spend',
      panels: [
        timeseries({
          title: 'Spend per day',
          description: `Whole days of UTC; today is what was spent so far. Drawn: $${THRESHOLDS.costPerDay} a day.`,
          unit: 'currencyUSD',
          decimals: 2,
          width: 24,
          height: 9,
          bars: true,
          stacked: true,
          interval: '1d',
          timeFrom: '30d',
          limits: [{ above: THRESHOLDS.costPerDay }],
          // A bar stands at the midnight with which its day begins.
          queries: bySource((metric, by) => increase(metric, '1d', { by, ahead: true })),
        }),
        timeseries({
          title: 'Spend per hour by model and store',
          description: 'The spend of an hour at the rate of each moment.',
          unit: 'currencyUSD',
          width: 14,
          stacked: true,
          queries: bySource((metric, by) => `3600 * ${rate(metric, { by })}`),
        }),
        barGauge({
          title: 'Spend by model and store',
          description: 'In the time shown.',
          unit: 'currencyUSD',
          decimals: 2,
          width: 10,
          queries: bySource((metric, by) => increase(metric, '$__range', { by })),
        }),
      ],
    },
    {
      title: 'Unit cost',
      panels: [
        timeseries({
          title: 'Cost per 1,000 requests',
          description: 'Spend, divided by the requests of users to vectorlens.',
          unit: 'currencyUSD',
          width: 12,
          stacked: true,
          queries: [
            {
              expr: `1000 * ${ratio(rate(LLM), rate(REQUESTS.vectorlens))}`,
              legend: 'LLM',
            },
            {
              expr: `1000 * ${ratio(rate(DOCSTORE), rate(REQUESTS.vectorlens))}`,
              legend: 'document store',
            },
          ],
        }),
        timeseries({
          title: 'Cost per 1,000 LLM calls by model',
          description: 'What a thousand calls to each model cost.',
          unit: 'currencyUSD',
          width: 12,
          queries: [
            {
              expr: `1000 * ${ratio(
                rate(LLM, { by: ['model'] }),
                rate(REQUESTS.chatapi, { by: ['model'] }),
              )}`,
              legend: '{{model}}',
            },
          ],
        }),
        timeseries({
          title: 'Price of a million tokens by model',
          description: 'What was paid, divided by all tokens, input and output.',
          unit: 'currencyUSD',
          width: 12,
          queries: [
            {
              expr: `1e6 * ${ratio(
                rate(LLM, { by: ['model'] }),
                `(${rate('chatapi_tokens_input_total', { by: ['model'] })} + ${rate('chatapi_tokens_output_total', { by: ['model'] })})`,
              )}`,
              legend: '{{model}}',
            },
          ],
        }),
        timeseries({
          title: 'Requests and spend per hour',
          description: `Left: requests of users in an hour. Right: what an hour costs; drawn is an hour's part of $${THRESHOLDS.costPerDay} a day.`,
          unit: 'short',
          width: 12,
          queries: [
            { expr: `3600 * ${rate(REQUESTS.vectorlens)}`, legend: 'requests' },
            { expr: `3600 * ${spending()}`, legend: 'spend' },
          ],
          overrides: [onTheRight('spend', 'currencyUSD', HOURLY)],
        }),
      ],
    },
    {
      title: 'Document store',
      panels: [
        timeseries({
          title: 'Document store spend per hour by kind',
          description: 'Reads, writes, and storage.',
          unit: 'currencyUSD',
          width: 8,
          stacked: true,
          queries: [{ expr: `3600 * ${rate(DOCSTORE, { by: ['kind'] })}`, legend: '{{kind}}' }],
        }),
        timeseries({
          title: 'Read and write units',
          description: 'Units per second that the document store bills.',
          unit: 'ops',
          width: 8,
          queries: (['read', 'write'] as const).map((kind) => ({
            expr: rate(`documentstore_${kind}_units_total`),
            legend: kind,
          })),
        }),
        timeseries({
          title: 'Bytes stored',
          description: 'What storage is billed for.',
          unit: 'bytes',
          width: 8,
          queries: [{ expr: gauge('max', 'documentstore_storage_bytes'), legend: 'stored' }],
        }),
      ],
    },
  ],
});
