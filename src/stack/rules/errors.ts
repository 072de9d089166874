import { LEAST, THRESHOLDS } from '../thresholds.js';
import { maxOver, presence, type Sum, shareOf, sumOf } from './expr.js';
import type { Pace } from './pace.js';
import { RECORDED } from './recorded.js';
import { type Alert, alert, type Recording, type RuleFile } from './rule.js';
import { BURN_RATES, BURN_WINDOWS, burnThreshold, percent } from './windows.js';

const REQUESTS: Sum = {
  metric: 'vectorlens_request_total',
  over: ['instance', 'endpoint', 'status'],
};

/** What users get wrong, at once and over days. */
export function errorRules(pace: Pace): RuleFile {
  const rules = [
    ...recordings(pace),
    alert('HighErrorRate', {
      severity: 'critical',
      when: [
        `${RECORDED.errorRate('5m')} > ${THRESHOLDS.errorRate}`,
        `${RECORDED.requests('5m')} >= ${LEAST.requests}`,
      ],
      for: pace.wait('5m'),
      summary: 'Many requests fail',
      description:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} failed in the last ' +
        `5 minutes (the limit is ${percent(THRESHOLDS.errorRate)}).`,
    }),
    ...budgetAlerts(pace),
  ];
  return { groups: [{ name: 'ragmon-errors', interval: pace.wait('1m'), rules }] };
}

function recordings({ span }: Pace): readonly Recording[] {
  return [
    ...BURN_WINDOWS.flatMap((window) => [
      {
        record: RECORDED.errorRate(window),
        expr: shareOf(REQUESTS, { status: 'error' }, span(window)),
      },
      { record: RECORDED.requests(window), expr: sumOf('increase', REQUESTS, span(window)) },
    ]),
    ...BURN_RATES.map(({ long, short, before }) => ({
      record: RECORDED.covered(long),
      expr: maxOver(REQUESTS.over, [
        presence(REQUESTS.metric, { window: span(short), ago: span(before) }),
      ]),
    })),
  ];
}

/**
 * The error budget is spent too fast, in four ways. That the ratio of the long window is high says
 * how much of the budget is gone only where the window is covered: one bad minute in a system that
 * is an hour old is 1 % of its 3 days, and nothing of its budget. So the long window has to have
 * begun with requests being counted; until it has, HighErrorRate watches.
 */
function budgetAlerts({ wait }: Pace): readonly Alert[] {
  return BURN_RATES.map(({ severity, long, short, factor, ...burn }) => {
    const threshold = burnThreshold(factor);
    const days = Number((30 / factor).toFixed(1));
    return alert('ErrorBudgetBurn', {
      severity,
      labels: { long, short },
      when: [
        `${RECORDED.errorRate(long)} > ${threshold}`,
        `${RECORDED.errorRate(short)} > ${threshold}`,
        `${RECORDED.requests(long)} >= ${LEAST.budgetRequests}`,
        `${RECORDED.requests(short)} >= ${LEAST.stillGoingOn}`,
        RECORDED.covered(long),
      ],
      for: wait(burn.for),
      summary: 'The error budget is spent too fast',
      description:
        `{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} failed in the last ${long}, ` +
        `and they still do (the limit is ${percent(threshold)}: it spends the budget of 30 days in ` +
        `${days} days).`,
    });
  });
}
