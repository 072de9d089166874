import { select } from '../metrics.js';
import { LEAST, THRESHOLDS } from '../thresholds.js';
import { indented } from './expr.js';
import { silent } from './jobs.js';
import type { Pace } from './pace.js';
import { RECORDED } from './records.js';
import { type Alert, alert } from './rule.js';

/** What is spent: money, and the provider's patience. */
export function spendingAlerts(pace: Pace): readonly Alert[] {
  const { costPerDay, rateLimitRemaining } = THRESHOLDS;
  return [
    alert('HighCostBurn', {
      severity: 'critical',
      when: [`${RECORDED.cost('1d')} > ${costPerDay}`],
      summary: 'LLM and document store cost too much',
      description: `They cost \${{ $value | printf "%.2f" }} in the last day (the limit is $${costPerDay}).`,
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
      for: pace.span('15m'),
      summary: 'LLM and document store are about to cost too much',
      description:
        `A day like the last hour would cost \${{ $value | printf "%.2f" }} ` +
        `(the limit is $${costPerDay}).`,
    }),
    alert('RateLimitLow', {
      severity: 'warning',
      when: [
        `min without (instance) (\n${indented(
          `${select('chatapi_rate_limit_remaining')}\nunless ignoring (model)\n${silent(pace)}`,
        )}\n) < ${rateLimitRemaining}`,
      ],
      for: pace.span('5m'),
      summary: 'The provider’s rate limit is nearly used up',
      description:
        '{{ $labels.job }} may make {{ $value }} more calls to {{ $labels.model }} this minute ' +
        `(the limit is ${rateLimitRemaining}); beyond that the provider refuses them.`,
    }),
  ];
}
