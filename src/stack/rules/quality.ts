import { LEAST, THRESHOLDS } from '../thresholds.js';
import { recorded } from './expr.js';
import type { Pace } from './pace.js';
import { RECORDED } from './records.js';
import { type Alert, alert } from './rule.js';
import { percent } from './windows.js';

/** What users feel: slow answers, wrong ones, a cache that does not help. */
export function qualityAlerts(pace: Pace): readonly Alert[] {
  return [
    latencyAlert(pace, 'HighLatency', 'search', THRESHOLDS.searchLatency, 'Searches are slow'),
    latencyAlert(pace, 'HighAnswerLatency', 'answer', THRESHOLDS.answerLatency, 'Answers are slow'),
    alert('HighTimeToFirstToken', {
      severity: 'warning',
      when: [
        `${RECORDED.firstToken} > ${THRESHOLDS.timeToFirstToken}`,
        `${RECORDED.firstTokens} >= ${LEAST.observations}`,
      ],
      for: pace.span('5m'),
      summary: 'The LLM is slow to begin its answers',
      description:
        'One call in twenty that {{ $labels.job }} makes waits longer than ' +
        '{{ $value | humanizeDuration }} for its first token (p95 over 5 minutes; ' +
        `the limit is ${THRESHOLDS.timeToFirstToken}s).`,
    }),
    alert('HighErrorRate', {
      severity: 'critical',
      when: [
        `${RECORDED.errorRate('5m')} > ${THRESHOLDS.errorRate}`,
        `${RECORDED.requests('5m')} >= ${LEAST.requests}`,
      ],
      for: pace.span('5m'),
      summary: 'Many requests fail',
      description:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} failed in the last ' +
        `5 minutes (the limit is ${percent(THRESHOLDS.errorRate)}).`,
    }),
    alert('LowCacheHitRate', {
      severity: 'warning',
      when: [
        `${semantic(RECORDED.hitRate)} < ${THRESHOLDS.cacheHitRate}`,
        `${semantic(RECORDED.lookups)} >= ${LEAST.observations}`,
      ],
      for: pace.span('15m'),
      summary: 'The semantic cache serves few answers',
      description:
        '{{ $value | humanizePercentage }} of the lookups in the semantic cache of ' +
        '{{ $labels.job }} were hits in the last 15 minutes ' +
        `(the limit is ${percent(THRESHOLDS.cacheHitRate)}): every miss is paid for.`,
    }),
  ];
}

function latencyAlert(
  { span }: Pace,
  name: string,
  endpoint: string,
  limit: number,
  summary: string,
): Alert {
  const of = (record: string) =>
    recorded(record, 'vectorlens_request_duration_seconds_count', { endpoint });
  return alert(name, {
    severity: 'warning',
    when: [
      `${of(RECORDED.latency)} > ${limit}`,
      `${of(RECORDED.timedRequests)} >= ${LEAST.observations}`,
    ],
    for: span('5m'),
    summary,
    description:
      'One {{ $labels.endpoint }} in twenty that {{ $labels.job }} serves takes longer than ' +
      `{{ $value | humanizeDuration }} (p95 over 5 minutes; the limit is ${limit}s).`,
  });
}

function semantic(record: string): string {
  return recorded(record, 'vectorlens_cache_lookup_total', { cache: 'semantic' });
}
