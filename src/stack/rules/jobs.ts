import { LEAST, THRESHOLDS } from '../thresholds.js';
import { countersNamed } from './counters.js';
import { anyOf, indented, sumOf } from './expr.js';
import { ended, PUSHED, REFUSED, STARTED, SUCCEEDED, silent } from './groups.js';
import type { Pace } from './pace.js';
import { RECORDED } from './recorded.js';
import { type Alert, alert, type Recording, type RuleFile } from './rule.js';

/**
 * What becomes of jobs that push. One that said that it ended is never missed: it is meant to end,
 * and its group stays on the gateway, with counters that no longer rise.
 */
export function jobRules(pace: Pace): RuleFile {
  const rules = [...recordings(pace), trafficMissing(pace), ...groupAlerts(pace), stuck(pace)];
  return { groups: [{ name: 'ragmon-jobs', rules }] };
}

function recordings(pace: Pace): readonly Recording[] {
  const requests = countersNamed('_request_total').map(({ metric, labels }) =>
    sumOf('increase', { metric, over: labels }, pace.span('10m')),
  );
  return [
    { record: RECORDED.requestsByInstance, expr: anyOf(requests) },
    { record: RECORDED.ended, expr: ended(pace) },
  ];
}

/**
 * What groups did an hour ago counts only of those whose job has not ended since; that any instance
 * has a request now is enough.
 */
function trafficMissing({ span, wait }: Pace): Alert {
  const then = `${RECORDED.requestsByInstance} offset ${span('1h')}\nunless ${RECORDED.ended}`;
  return alert('RagTrafficMissing', {
    severity: 'warning',
    when: [
      `sum without (instance) (\n${indented(then)}\n) >= ${LEAST.observations}\n` +
        `unless\nsum without (instance) (${RECORDED.requestsByInstance}) > 0`,
    ],
    for: wait('5m'),
    summary: 'A service no longer gets any request',
    description:
      '{{ $labels.job }} had {{ $value | printf "%.0f" }} requests in 10 minutes an hour ago, ' +
      'has none now, and did not say that it ended.',
  });
}

/** What others push says neither that it began nor that it ended: it is never stale. */
function groupAlerts(pace: Pace): readonly Alert[] {
  return [
    alert('PushgatewayGroupStale', {
      severity: 'warning',
      when: [`${silent(pace)}\nand\n${STARTED}\nunless\n${RECORDED.ended}`],
      for: pace.wait('5m'),
      summary: 'A job stopped pushing and did not say that it ended',
      description:
        'The group of job {{ $labels.job }}, instance {{ $labels.instance }} was last pushed ' +
        '{{ $value | humanizeDuration }} ago: its job hangs, was killed, or cannot reach the gateway.',
    }),
    alert('PushgatewayPushFailing', {
      severity: 'warning',
      when: [`${REFUSED} > ${PUSHED}`],
      for: pace.wait('5m'),
      summary: 'The Pushgateway refuses the pushes of a job',
      description:
        'The last push of job {{ $labels.job }}, instance {{ $labels.instance }} was refused, at ' +
        '{{ $value | humanizeTimestamp }}; what the gateway shows of it is older.',
    }),
  ];
}

/**
 * The latest success of a job, or its first start where there was none, is long ago; one of its
 * groups was started and has not ended; and none simply runs on, which is to push and not to be
 * started again and again. A job that nobody starts is not missed: its schedule is not known.
 */
function stuck({ span, wait, seconds }: Pace): Alert {
  const { successAge, restarts, pushAge } = THRESHOLDS;
  const firstStart = `min_over_time(${STARTED}[${span('3h')}])`;
  const fresh = `time() - ${PUSHED} < ${seconds(pushAge)}`;
  // Ten minutes more than two hours: an hourly job has two starts in it at any time, also where one
  // came late, or was scraped late. With one for a moment, the alert would resolve, and fire again.
  const steady = `changes(${STARTED}[${span('2h10m')}]) < ${restarts}`;
  const over = (...lines: string[]) => `max without (instance) (\n${indented(lines.join('\n'))}\n)`;
  return alert('JobNotSucceeded', {
    severity: 'warning',
    when: [
      `time() - ${over(SUCCEEDED, `or ${firstStart}`)} > ${seconds(successAge)}`,
      `${over(STARTED, `unless ${RECORDED.ended}`)}\nunless\n${over(fresh, `and ${steady}`)}`,
    ],
    for: wait('5m'),
    summary: 'A job is started and does not end well',
    description:
      'No job {{ $labels.job }} has ended well for {{ $value | humanizeDuration }}, ' +
      'though one was started, and none is running on.',
  });
}
