import { LEAST, THRESHOLDS } from '../thresholds.js';
import { p95, recorded, sumOf } from './expr.js';
import type { Pace } from './pace.js';
import { RECORDED } from './recorded.js';
import { type Alert, alert, type Recording, type RuleFile } from './rule.js';

const DURATION = 'vectorlens_request_duration_seconds';
const FIRST_TOKEN = 'chatapi_time_to_first_token_seconds';

/** How long users wait. */
export function latencyRules(pace: Pace): RuleFile {
  const rules = [
    ...recordings(pace.span('5m')),
    latencyAlert(pace, 'HighLatency', 'search', THRESHOLDS.searchLatency, 'Searches are slow'),
    latencyAlert(pace, 'HighAnswerLatency', 'answer', THRESHOLDS.answerLatency, 'Answers are slow'),
    alert('HighTimeToFirstToken', {
      severity: 'warning',
      when: [
        `${RECORDED.firstToken} > ${THRESHOLDS.timeToFirstToken}`,
        `${RECORDED.firstTokens} >= ${LEAST.firstTokens}`,
      ],
      for: pace.wait('5m'),
      summary: 'The LLM is slow to begin its answers',
      description:
        'One call in twenty that {{ $labels.job }} makes waits longer than ' +
        '{{ $value | humanizeDuration }} for its first token (p95 over 5 minutes; ' +
        `the limit is ${THRESHOLDS.timeToFirstToken}s).`,
    }),
  ];
  return { groups: [{ name: 'ragmon-latency', rules }] };
}

function recordings(window: string): readonly Recording[] {
  const byEndpoint = { over: ['instance'] };
  const overModels = { over: ['instance', 'model'] };
  return [
    { record: RECORDED.latency, expr: p95({ metric: DURATION, ...byEndpoint }, window) },
    {
      record: RECORDED.timedRequests,
      expr: sumOf('increase', { metric: `${DURATION}_count`, ...byEndpoint }, window),
    },
    { record: RECORDED.firstToken, expr: p95({ metric: FIRST_TOKEN, ...overModels }, window) },
    {
      record: RECORDED.firstTokens,
      expr: sumOf('increase', { metric: `${FIRST_TOKEN}_count`, ...overModels }, window),
    },
  ];
}

function latencyAlert(
  { wait }: Pace,
  name: string,
  endpoint: string,
  limit: number,
  summary: string,
): Alert {
  const of = (record: string) => recorded(record, `${DURATION}_count`, { endpoint });
  return alert(name, {
    severity: 'warning',
    when: [
      `${of(RECORDED.latency)} > ${limit}`,
      `${of(RECORDED.timedRequests)} >= ${LEAST.timedRequests}`,
    ],
    for: wait('5m'),
    summary,
    description:
      'One {{ $labels.endpoint }} in twenty that {{ $labels.job }} serves takes longer than ' +
      `{{ $value | humanizeDuration }} (p95 over 5 minutes; the limit is ${limit}s).`,
  });
}
