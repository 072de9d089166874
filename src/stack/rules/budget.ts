import { LEAST } from '../thresholds.js';
import type { Pace } from './pace.js';
import { RECORDED } from './records.js';
import { type Alert, alert } from './rule.js';
import { BURN_RATES, burnThreshold, percent } from './windows.js';

/**
 * The error budget is spent too fast, in four ways. That the ratio of the long window is high says
 * how much of the budget is gone only where the window is covered: one bad minute in a system that
 * is an hour old is 1 % of its 3 days, and nothing of its budget. So the long window has to have
 * begun with requests being counted; until it has, HighErrorRate watches.
 */
export function budgetAlerts({ span }: Pace): readonly Alert[] {
  return BURN_RATES.map(({ severity, long, short, factor, ...burn }) => {
    const threshold = burnThreshold(factor);
    return alert('ErrorBudgetBurn', {
      severity,
      labels: { long, short },
      when: [
        `${RECORDED.errorRate(long)} > ${threshold}`,
        `${RECORDED.errorRate(short)} > ${threshold}`,
        `${RECORDED.requests(long)} >= ${LEAST.requests}`,
        `${RECORDED.requests(short)} >= ${LEAST.stillGoingOn}`,
        RECORDED.covered(long),
      ],
      for: span(burn.for),
      summary: 'The error budget is spent too fast',
      description:
        `{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} failed in the last ${long}, ` +
        `and they still do (the limit is ${percent(threshold)}: it spends the budget of 30 days in ` +
        `${Number((30 / factor).toFixed(1))} days).`,
    });
  });
}
