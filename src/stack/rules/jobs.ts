import { JOB_LAST_SUCCESS, JOB_START } from '../../instruments/run-metrics.js';
import { select } from '../metrics.js';
import { LEAST, THRESHOLDS } from '../thresholds.js';
import { indented } from './expr.js';
import type { Pace } from './pace.js';
import { RECORDED } from './records.js';
import { type Alert, alert } from './rule.js';

const PUSHED = select('push_time_seconds');
const STARTED = select(JOB_START);

/**
 * Groups that have not been pushed for too long. A gateway shows what it was given last for ever: a
 * gauge of such a group says nothing of now.
 */
export function silent({ seconds }: Pace): string {
  return `(time() - ${PUSHED} > ${seconds(THRESHOLDS.pushAge)})`;
}

/**
 * What becomes of jobs that push. One that said that it ended is never missed: it is meant to end,
 * and its group stays on the gateway, with counters that no longer rise.
 */
export function jobAlerts(pace: Pace): readonly Alert[] {
  const { span, seconds } = pace;
  const { successAge, restarts, pushAge } = THRESHOLDS;
  const memory = span('2h');
  return [
    // What groups did an hour ago counts only of those whose job has not ended since; that any
    // instance has a request now is enough.
    alert('RagTrafficMissing', {
      severity: 'warning',
      when: [
        `sum without (instance) (\n  ${RECORDED.requestsByInstance} offset ${span('1h')}\n` +
          `  unless ${RECORDED.ended}\n) >= ${LEAST.observations}\n` +
          `unless\nsum without (instance) (${RECORDED.requestsByInstance}) > 0`,
      ],
      for: span('5m'),
      summary: 'A service no longer gets any request',
      description:
        '{{ $labels.job }} had {{ $value | printf "%.0f" }} requests in 10 minutes an hour ago, ' +
        'has none now, and did not say that it ended.',
    }),
    alert('PushgatewayGroupStale', {
      severity: 'warning',
      when: [`${silent(pace)}\nand\n${STARTED}\nunless\n${RECORDED.ended}`],
      for: span('5m'),
      summary: 'A job stopped pushing and did not say that it ended',
      description:
        'The group of job {{ $labels.job }}, instance {{ $labels.instance }} was last pushed ' +
        '{{ $value | humanizeDuration }} ago: its job hangs, was killed, or cannot reach the gateway.',
    }),
    // The latest success of a job, or the first start where there was none; one of its groups has
    // been started and not ended; and none is simply still running, which is to push and not to be
    // started again and again.
    alert('JobNotSucceeded', {
      severity: 'warning',
      when: [
        `time() - max without (instance) (\n  ${select(JOB_LAST_SUCCESS)}\n` +
          `  or min_over_time(${STARTED}[${span('3h')}])\n) > ${seconds(successAge)}`,
        `max without (instance) (${STARTED} unless ${RECORDED.ended})\n` +
          `unless\nmax without (instance) (\n${indented(
            `time() - ${PUSHED} < ${seconds(pushAge)}\nand changes(${STARTED}[${memory}]) < ${restarts}`,
          )}\n)`,
      ],
      for: span('5m'),
      summary: 'A job is started and does not end well',
      description:
        'No job {{ $labels.job }} has ended well for {{ $value | humanizeDuration }}, ' +
        'though one was started, and none is running on.',
    }),
  ];
}

/** Whether the gateway takes what it is given, and is there at all. */
export function gatewayAlerts({ span }: Pace): readonly Alert[] {
  return [
    alert('PushgatewayPushFailing', {
      severity: 'warning',
      when: [`${select('push_failure_time_seconds')} > ${PUSHED}`],
      for: span('5m'),
      summary: 'The Pushgateway refuses the pushes of a job',
      description:
        'The last push of job {{ $labels.job }}, instance {{ $labels.instance }} was refused, at ' +
        '{{ $value | humanizeTimestamp }}; what the gateway shows of it is older.',
    }),
    alert('PushgatewayDown', {
      severity: 'critical',
      when: [`${select('up', { job: 'pushgateway' })} == 0`],
      for: span('2m'),
      summary: 'Prometheus cannot scrape the Pushgateway',
      description:
        'The Pushgateway at {{ $labels.instance }} does not answer, or not with metrics that ' +
        'Prometheus can read: nothing that jobs push is seen.',
    }),
  ];
}
