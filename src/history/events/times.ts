import type { Observed } from '../../world/model.js';
import type { Stream } from '../../world/stream.js';
import type { HistogramShape } from '../../world/tally.js';

/** A time that was observed: whole units of its histogram, within its bucket. */
export interface Time {
  value: number;
  /** The least and the greatest value in the bucket; `low` may be raised to what makes sense. */
  low: number;
  readonly least: number;
  readonly high: number;
}

/**
 * Times for the observations of one group, ascending by bucket: of each bucket's mean and variance
 * (a uniform number has those where it reaches √3 deviations to both sides), and inside it.
 */
export function drawTimes(
  stream: Stream,
  { bounds }: HistogramShape,
  { fall, buckets }: Observed,
): Time[] {
  return fall.buckets.flatMap((bucket, i) => {
    const least = bucket === 0 ? 0 : bounds[bucket - 1]! + 1;
    // Times have a limit within the bounds: the bucket without one stays empty.
    const high = bounds[bucket] ?? 2 * least;
    const reach = Math.sqrt(3 * fall.variances[i]!);
    return Array.from({ length: buckets[bucket]! }, () => {
      const value = Math.round(fall.means[i]! + reach * (2 * stream.next() - 1));
      return { value: Math.max(least, Math.min(high, value)), low: least, least, high };
    });
  });
}

/**
 * Moves times, each within its bounds, until they add up to `total`: all by the same part of the
 * room that they have. Raised lower bounds that the total has no room for are given up, the
 * highest raise first. Throws where no times within these bounds have that sum.
 */
export function settle(times: readonly Time[], total: number): void {
  if (total < sumOf(times, 'least') || total > sumOf(times, 'high')) {
    throw new Error(`no times within these buckets add up to ${total}`);
  }
  lowerBounds(times, total);
  const sum = sumOf(times, 'value');
  if (sum > total) {
    const low = sumOf(times, 'low');
    const part = (total - low) / (sum - low);
    for (const time of times) time.value = Math.floor(time.low + (time.value - time.low) * part);
  } else if (sum < total) {
    const high = sumOf(times, 'high');
    const part = (high - total) / (high - sum);
    for (const time of times) time.value = Math.floor(time.high - (time.high - time.value) * part);
  }
  // What rounding left: less than one unit each, save for the last digits of a very large sum.
  let left = total - sumOf(times, 'value');
  while (left !== 0) {
    for (const time of times) {
      const step = Math.sign(left);
      if (step === 0) return;
      if (time.value === (step > 0 ? time.high : time.least)) continue;
      time.value += step;
      left -= step;
    }
  }
}

function lowerBounds(times: readonly Time[], total: number): void {
  let low = sumOf(times, 'low');
  if (low <= total) return;
  const raised = times.filter((time) => time.low > time.least);
  for (const time of raised.sort((a, b) => b.low - b.least - (a.low - a.least))) {
    low -= time.low - time.least;
    time.low = time.least;
    if (low <= total) return;
  }
}

function sumOf(times: readonly Time[], what: keyof Time): number {
  let sum = 0;
  for (const time of times) sum += time[what];
  return sum;
}

/** Gives times to requests: the longer ones to those with the greater keys. */
export function pair(
  requests: readonly number[],
  key: (request: number) => number,
  times: Time[],
  give: (request: number, time: Time) => void,
): void {
  const ranked = requests.map((request) => ({ request, key: key(request) }));
  ranked.sort((a, b) => a.key - b.key || a.request - b.request);
  times.sort((a, b) => a.value - b.value);
  ranked.forEach(({ request }, i) => {
    give(request, times[i]!);
  });
}
