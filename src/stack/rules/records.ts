import { JOB_LAST_SUCCESS, JOB_START } from '../../instruments/run-metrics.js';
import { SERVICES } from '../../services/catalogue.js';
import { select } from '../metrics.js';
import { anyOf, indented, p95, presence, type Sum, shareOf, sumOf } from './expr.js';
import type { Pace } from './pace.js';
import type { Group, Recording } from './rule.js';
import { BURN_RATES, BURN_WINDOWS } from './windows.js';

// level:metric:operations. The level says by what a series is told apart, beside the labels that a
// user gives: `system` is all services together. The windows in the names are those that are shipped.

/** What the recorded series are called. */
export const RECORDED = {
  latency: 'job_endpoint:vectorlens_request_duration_seconds:p95_5m',
  timedRequests: 'job_endpoint:vectorlens_request_duration_seconds_count:increase5m',
  firstToken: 'job:chatapi_time_to_first_token_seconds:p95_5m',
  firstTokens: 'job:chatapi_time_to_first_token_seconds_count:increase5m',
  hitRate: 'job_cache:vectorlens_cache_hits_per_lookup:ratio_rate15m',
  lookups: 'job_cache:vectorlens_cache_lookup:increase15m',
  errorRate: (window: string) => `job:vectorlens_request_errors_per_request:ratio_rate${window}`,
  requests: (window: string) => `job:vectorlens_request:increase${window}`,
  /** There where the window is covered: requests were counted in its first twelfth. */
  covered: (window: string) => `job:vectorlens_request:covered${window}`,
  costByJob: (window: string) => `job:cost_dollars:increase${window}`,
  cost: (window: string) => `system:cost_dollars:increase${window}`,
  costCovered: 'system:cost_dollars:covered1h',
  paidRequests: 'system:paid_request:increase1h',
  requestsByInstance: 'instance_job:request:increase10m',
  /** There while the latest job of a group has ended, well: the time at which it did. */
  ended: 'instance_job:ragmon_job:ended',
} as const;

const DURATION = 'vectorlens_request_duration_seconds';
const FIRST_TOKEN = 'chatapi_time_to_first_token_seconds';
const REQUESTS: Sum = {
  metric: 'vectorlens_request_total',
  over: ['instance', 'endpoint', 'status'],
};
const LOOKUPS: Sum = { metric: 'vectorlens_cache_lookup_total', over: ['instance', 'result'] };

/** The windows and the look back of a job's end: longer than that of missing traffic. */
const MEMORY = '2h';
/** A chain's next job begins before that, and its group has not ended. Seconds. */
const BETWEEN_JOBS = 300;

export function recordingGroups(pace: Pace): readonly Group[] {
  return [
    { name: 'ragmon-latency', rules: latencies(pace) },
    { name: 'ragmon-requests', rules: requests(pace) },
    { name: 'ragmon-jobs', rules: jobs(pace) },
    { name: 'ragmon-error-budget', interval: pace.span('1m'), rules: errorBudget(pace) },
    { name: 'ragmon-cost', interval: pace.span('1m'), rules: costs(pace) },
  ];
}

function latencies({ span }: Pace): Recording[] {
  const searches = { over: ['instance'] };
  const tokens = { over: ['instance', 'model'] };
  const window = span('5m');
  return [
    { record: RECORDED.latency, expr: p95({ metric: DURATION, ...searches }, window) },
    {
      record: RECORDED.timedRequests,
      expr: sumOf('increase', { metric: `${DURATION}_count`, ...searches }, window),
    },
    { record: RECORDED.firstToken, expr: p95({ metric: FIRST_TOKEN, ...tokens }, window) },
    {
      record: RECORDED.firstTokens,
      expr: sumOf('increase', { metric: `${FIRST_TOKEN}_count`, ...tokens }, window),
    },
  ];
}

function requests({ span }: Pace): Recording[] {
  return [
    ...errorRates(span, ['5m']),
    { record: RECORDED.hitRate, expr: shareOf(LOOKUPS, { result: 'hit' }, span('15m')) },
    { record: RECORDED.lookups, expr: sumOf('increase', LOOKUPS, span('15m')) },
    {
      record: RECORDED.requestsByInstance,
      expr: anyOf(
        countersNamed('_request_total').map(({ metric, labels }) =>
          sumOf('increase', { metric, over: labels }, span('10m')),
        ),
      ),
    },
  ];
}

function jobs({ span, seconds }: Pace): Recording[] {
  const ended = `last_over_time(${select(JOB_LAST_SUCCESS)}[${span(MEMORY)}])`;
  const started = `last_over_time(${select(JOB_START)}[${span(MEMORY)}])`;
  return [
    {
      record: RECORDED.ended,
      expr: `(\n  ${ended}\n  >= ${started}\n) < time() - ${seconds(BETWEEN_JOBS)}`,
    },
  ];
}

function errorBudget({ span }: Pace): Recording[] {
  return [
    ...errorRates(
      span,
      BURN_WINDOWS.filter((window) => window !== '5m'),
    ),
    ...BURN_RATES.map(({ long, short, before }) => ({
      record: RECORDED.covered(long),
      expr: maxOver(REQUESTS.over, [
        presence(REQUESTS.metric, { window: span(short), ago: span(before) }),
      ]),
    })),
  ];
}

function errorRates(span: Pace['span'], windows: readonly string[]): Recording[] {
  return windows.flatMap((window) => [
    {
      record: RECORDED.errorRate(window),
      expr: shareOf(REQUESTS, { status: 'error' }, span(window)),
    },
    { record: RECORDED.requests(window), expr: sumOf('increase', REQUESTS, span(window)) },
  ]);
}

function costs({ span }: Pace): Recording[] {
  const dollars = countersNamed('_cost_dollars_total');
  const paid = countersNamed('_request_total').filter(({ service }) =>
    dollars.some((each) => each.service === service),
  );
  const ofAll = (counters: readonly ServiceCounter[], expr: (each: ServiceCounter) => string) =>
    anyOf(counters.map(expr));
  return [
    ...['5m', '1h', '1d'].flatMap((window) => [
      {
        record: RECORDED.costByJob(window),
        expr: ofAll(dollars, ({ metric, labels }) =>
          sumOf('increase', { metric, over: ['instance', ...labels] }, span(window)),
        ),
      },
      {
        record: RECORDED.cost(window),
        expr: `sum without (job) (${RECORDED.costByJob(window)})`,
      },
    ]),
    {
      record: RECORDED.costCovered,
      expr: maxOver(
        ['job', 'instance', ...new Set(dollars.flatMap(({ labels }) => labels))],
        dollars.map(({ metric }) => presence(metric, { window: span('5m'), ago: span('55m') })),
      ),
    },
    {
      record: RECORDED.paidRequests,
      expr: `sum without (job) (\n${indented(
        ofAll(paid, ({ metric, labels }) =>
          sumOf('increase', { metric, over: ['instance', ...labels] }, span('1h')),
        ),
      )}\n)`,
    },
  ];
}

function maxOver(labels: readonly string[], exprs: readonly string[]): string {
  return `max without (${labels.join(', ')}) (\n${indented(anyOf(exprs))}\n)`;
}

interface ServiceCounter {
  readonly service: string;
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The counter of each service whose name ends so, where it has one. */
function countersNamed(end: string): readonly ServiceCounter[] {
  return SERVICES.flatMap(({ name: service, instruments }) =>
    instruments
      .filter(({ kind, name }) => kind === 'counter' && name.endsWith(end))
      .map(({ name: metric, labels }) => ({ service, metric, labels })),
  );
}
