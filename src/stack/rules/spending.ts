import { select } from '../metrics.js';
import { LEAST, THRESHOLDS } from '../thresholds.js';
import { countersNamed, type ServiceCounter } from './counters.js';
import { anyOf, indented, maxOver, presence, recorded, type Sum, shareOf, sumOf } from './expr.js';
import { silent } from './groups.js';
import type { Pace } from './pace.js';
import { RECORDED } from './recorded.js';
import { type Alert, alert, type Recording, type RuleFile } from './rule.js';
import { percent } from './windows.js';

const LOOKUPS: Sum = { metric: 'vectorlens_cache_lookup_total', over: ['instance', 'result'] };

/** What is spent: money, also on answers that were in the cache, and the provider's patience. */
export function spendingRules(pace: Pace): RuleFile {
  const rules = [...costs(pace), ...lookups(pace), ...alerts(pace)];
  return { groups: [{ name: 'ragmon-spending', interval: pace.wait('1m'), rules }] };
}

/** Over every service that counts dollars, and the requests that it counts them for. */
function costs({ span }: Pace): readonly Recording[] {
  const dollars = countersNamed('_cost_dollars_total');
  const paid = countersNamed('_request_total').filter(({ service }) =>
    dollars.some((each) => each.service === service),
  );
  const increases = (counters: readonly ServiceCounter[], window: string) =>
    anyOf(
      counters.map(({ metric, labels }) =>
        sumOf('increase', { metric, over: ['instance', ...labels] }, span(window)),
      ),
    );
  const labels = new Set(dollars.flatMap((each) => each.labels));
  return [
    ...['5m', '1h', '1d'].flatMap((window) => [
      { record: RECORDED.costByJob(window), expr: increases(dollars, window) },
      { record: RECORDED.cost(window), expr: `sum without (job) (${RECORDED.costByJob(window)})` },
    ]),
    {
      record: RECORDED.costCovered,
      expr: maxOver(
        ['job', 'instance', ...labels],
        dollars.map(({ metric }) => presence(metric, { window: span('5m'), ago: span('55m') })),
      ),
    },
    {
      record: RECORDED.paidRequests,
      expr: `sum without (job) (\n${indented(increases(paid, '1h'))}\n)`,
    },
  ];
}

function lookups({ span }: Pace): readonly Recording[] {
  return [
    { record: RECORDED.hitRate, expr: shareOf(LOOKUPS, { result: 'hit' }, span('15m')) },
    { record: RECORDED.lookups, expr: sumOf('increase', LOOKUPS, span('15m')) },
  ];
}

function alerts(pace: Pace): readonly Alert[] {
  const { costPerDay, cacheHitRate, rateLimitRemaining } = THRESHOLDS;
  const semantic = (record: string) => recorded(record, LOOKUPS.metric, { cache: 'semantic' });
  return [
    alert('HighCostBurn', {
      severity: 'critical',
      when: [`${RECORDED.cost('1d')} > ${costPerDay}`],
      summary: 'LLM and document store cost too much',
      description:
        `LLM and document store cost \${{ $value | printf "%.2f" }} in the last day ` +
        `(the limit is $${costPerDay}).`,
    }),
    // The last hour says what a day would cost; the last 5 minutes, that it goes on.
    alert('HighCostBurn', {
      severity: 'warning',
      when: [
        `24 * ${RECORDED.cost('1h')} > ${costPerDay}`,
        `288 * ${RECORDED.cost('5m')} > ${costPerDay}`,
        `${RECORDED.paidRequests} >= ${LEAST.observations}`,
        RECORDED.costCovered,
      ],
      for: pace.wait('15m'),
      summary: 'LLM and document store are about to cost too much',
      description:
        `LLM and document store would cost \${{ $value | printf "%.2f" }} in a day like the last hour ` +
        `(the limit is $${costPerDay}).`,
    }),
    alert('LowCacheHitRate', {
      severity: 'warning',
      when: [
        `${semantic(RECORDED.hitRate)} < ${cacheHitRate}`,
        `${semantic(RECORDED.lookups)} >= ${LEAST.observations}`,
      ],
      for: pace.wait('15m'),
      summary: 'The semantic cache serves few answers',
      description:
        '{{ $value | humanizePercentage }} of the lookups in the semantic cache of ' +
        '{{ $labels.job }} were hits in the last 15 minutes ' +
        `(the limit is ${percent(cacheHitRate)}): every miss is paid for.`,
    }),
    alert('RateLimitLow', {
      severity: 'warning',
      when: [
        `min without (instance) (\n${indented(
          `${select('chatapi_rate_limit_remaining')}\nunless ignoring (model)\n${silent(pace)}`,
        )}\n) < ${rateLimitRemaining}`,
      ],
      for: pace.wait('5m'),
      summary: 'The provider’s rate limit is nearly used up',
      description:
        '{{ $labels.job }} may make {{ $value }} more calls to {{ $labels.model }} this minute ' +
        `(the limit is ${rateLimitRemaining}); beyond that the provider refuses them.`,
    }),
  ];
}
