import { JOB_LAST_SUCCESS, JOB_START } from '../../instruments/run-metrics.js';
import { select } from '../metrics.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Pace } from './pace.js';

// What a Pushgateway tells of a group. It shows for ever what it was given last.

export const PUSHED = select('push_time_seconds');
export const REFUSED = select('push_failure_time_seconds');
export const STARTED = select(JOB_START);
export const SUCCEEDED = select(JOB_LAST_SUCCESS);

/** Groups that have not been pushed for too long: a gauge of theirs says nothing of now. */
export function silent({ seconds }: Pace): string {
  return `(time() - ${PUSHED} > ${seconds(THRESHOLDS.pushAge)})`;
}

/** The next job of a chain begins before that, and its group has not ended. Seconds. */
const BETWEEN_JOBS = 300;

/**
 * Groups whose job has ended, well, and has not been followed by another; with the time of the end.
 * It looks back, for a group that was deleted after its end, as far as to where it might be missed.
 */
export function ended({ span, seconds }: Pace): string {
  const last = (metric: string) => `last_over_time(${metric}[${span('2h')}])`;
  const both = `(\n  ${last(SUCCEEDED)}\n  >= ${last(STARTED)}\n)`;
  return `${both} < time() - ${seconds(BETWEEN_JOBS)}`;
}
