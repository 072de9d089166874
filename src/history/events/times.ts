import type { Observed } from '../../world/observing.js';
import type { Stream } from '../../world/stream.js';

/** A time that was observed: whole units of its histogram, within its bucket. */
export interface Time {
  value: number;
  /** Where it would make sense: bounds that are given up where nothing else helps. */
  low: number;
  high: number;
  /** The least and the greatest value in the bucket. */
  readonly least: number;
  readonly most: number;
}

/** A time in a bucket: this value, or what is nearest to it there. */
export function timeIn(bounds: readonly number[], bucket: number, value: number): Time {
  const least = bucket === 0 ? 0 : bounds[bucket - 1]! + 1;
  // Times have a limit within the bounds: the bucket without one stays empty.
  const most = bounds[bucket] ?? 2 * least;
  const whole = Math.max(least, Math.min(most, Math.round(value)));
  return { value: whole, low: least, high: most, least, most };
}

/**
 * Times for the observations of one group, place by place: of each place's mean and variance
 * (a uniform number has those where it reaches √3 deviations to both sides), and inside its bucket.
 */
export function drawTimes(
  stream: Stream,
  bounds: readonly number[],
  { places, counts }: Observed,
): Time[][] {
  return counts.map((count, i) =>
    Array.from({ length: count }, () =>
      timeIn(bounds, places.buckets[i]!, evenly(stream, places.means[i]!, places.variances[i]!)),
    ),
  );
}

/** A number of this mean and variance, all that it can be equally likely. */
export function evenly(stream: Stream, mean: number, variance: number): number {
  return mean + Math.sqrt(3 * variance) * (2 * stream.next() - 1);
}

/** Bounds that make sense, as far as the bucket has room for them; the value moves within. */
export function narrow(time: Time, low: number, high: number): void {
  time.low = Math.max(time.least, Math.min(time.most, low));
  time.high = Math.max(time.low, Math.min(time.most, high));
  time.value = Math.max(time.low, Math.min(time.high, time.value));
}

/**
 * Moves times, each within its bounds, until they add up to `total`: all by the same part of the
 * room that they have. Bounds that the total has no room for are given up, the narrowest first.
 * Throws where no times in these buckets have that sum.
 */
export function settle(times: readonly Time[], total: number): void {
  if (total < sumOf(times, 'least') || total > sumOf(times, 'most')) {
    throw new Error(`no times within these buckets add up to ${total}`);
  }
  loosen(times, total);
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
  spread(times, total - sumOf(times, 'value'), 'low', 'high');
  spread(times, total - sumOf(times, 'value'), 'least', 'most');
}

/** Adds what is left of a sum, unit by unit, to times that have not reached these bounds. */
function spread(times: readonly Time[], rest: number, down: 'low' | 'least', up: 'high' | 'most') {
  const step = Math.sign(rest);
  const open = times.filter((time) => time.value !== time[step > 0 ? up : down]);
  let left = rest;
  while (left !== 0 && open.length > 0) {
    for (const time of open) {
      if (left === 0) return;
      if (time.value === time[step > 0 ? up : down]) continue;
      time.value += step;
      left -= step;
    }
    if (open.every((time) => time.value === time[step > 0 ? up : down])) return;
  }
}

/** Gives up bounds until the total lies between their sums. */
function loosen(times: readonly Time[], total: number): void {
  let low = sumOf(times, 'low');
  const raised = low > total ? times.filter((time) => time.low > time.least) : [];
  for (const time of raised.sort((a, b) => b.low - b.least - (a.low - a.least))) {
    if (low <= total) break;
    low -= time.low - time.least;
    time.low = time.least;
  }
  let high = sumOf(times, 'high');
  const lowered = high < total ? times.filter((time) => time.high < time.most) : [];
  for (const time of lowered.sort((a, b) => b.most - b.high - (a.most - a.high))) {
    if (high >= total) break;
    high += time.most - time.high;
    time.high = time.most;
  }
}

function sumOf(times: readonly Time[], what: keyof Time): number {
  let sum = 0;
  for (const time of times) sum += time[what];
  return sum;
}

/** Gives things to requests: those of the greater value to those with the greater keys. */
export function pair<T extends { readonly value: number }>(
  requests: readonly number[],
  key: (request: number) => number,
  times: T[],
  give: (request: number, time: T) => void,
): void {
  const ranked = requests.map((request) => ({ request, key: key(request) }));
  ranked.sort((a, b) => a.key - b.key || a.request - b.request);
  times.sort((a, b) => a.value - b.value);
  ranked.forEach(({ request }, i) => {
    give(request, times[i]!);
  });
}
