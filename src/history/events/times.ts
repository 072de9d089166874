import type { Observed } from '../../world/observing.js';
import type { Stream } from '../../world/stream.js';
import { below, slope, tilted } from '../../world/tilted.js';
import { drawRank, type Law, lawOf } from './law.js';

/** A time that was observed: whole units of its histogram, within its bucket. */
export interface Time {
  value: number;
  /** Where it would make sense: bounds that are given up where nothing else helps. */
  low: number;
  high: number;
  /** The least and the greatest value in the bucket. */
  readonly least: number;
  readonly most: number;
  /** Within its bounds it has a density ∝ e^(tilt·value), of which a share `rank` is below it. */
  readonly tilt: number;
  rank: number;
  /** That by which it was drawn in its bucket. */
  readonly law?: Law;
}

/** A bucket's least and greatest value. */
export function ends(bounds: readonly number[], bucket: number): [least: number, most: number] {
  const least = bucket === 0 ? 0 : bounds[bucket - 1]! + 1;
  // Times have a limit within the bounds: the bucket without one stays empty.
  return [least, bounds[bucket] ?? 2 * least];
}

/**
 * Times for the observations of one group, place by place: by the law of the times where that is
 * known, or of each place's mean.
 */
export function drawTimes(
  stream: Stream,
  bounds: readonly number[],
  { places, counts }: Observed,
): Time[][] {
  return counts.map((count, i) => {
    if (count === 0) return [];
    const [least, most] = ends(bounds, places.buckets[i]!);
    const law = lawOf(least - 1, most, places.means[i]!, places.density);
    return Array.from({ length: count }, () => {
      const rank = drawRank(stream, law);
      const { tilt } = law;
      return place({ value: 0, low: least, high: most, least, most, tilt, law, rank }, 0);
    });
  });
}

/** A time in a bucket: this value, or what is nearest to it between these bounds. */
export function timeAt(
  [least, most]: readonly [number, number],
  low: number,
  high: number,
  value: number,
): Time {
  const from = Math.max(least, Math.min(most, low));
  const to = Math.max(from, Math.min(most, high));
  const rank = Math.max(0.01, Math.min(0.99, (value - from + 0.5) / (to - from + 1)));
  return place({ value, low: from, high: to, least, most, tilt: 0, rank }, 0);
}

/** Another time by the same law. */
export function redraw(time: Time, stream: Stream): void {
  time.rank = time.law ? drawRank(stream, time.law) : stream.next();
  place(time, 0);
}

/** Bounds that make sense, as far as the bucket has room for them; the time is drawn within. */
export function narrow(time: Time, low: number, high: number): void {
  time.low = Math.max(time.least, Math.min(time.most, low));
  time.high = Math.max(time.low, Math.min(time.most, high));
  // A time that is within stays where it is: so much of the law within is below it.
  const { value, tilt } = time;
  const width = time.high - time.low + 1;
  const inside = value >= time.low && value <= time.high;
  if (inside) time.rank = below(tilt * width, (value - time.low + 0.5) / width);
  else place(time, 0);
}

/** Where the time is with that much more tilt; not yet whole. */
function at({ low, high, tilt, rank }: Time, more: number): number {
  const width = high - low + 1;
  return low - 1 + width * tilted((tilt + more) * width, rank);
}

function place(time: Time, more: number): Time {
  time.value = Math.max(time.low, Math.min(time.high, Math.ceil(at(time, more))));
  return time;
}

/**
 * Moves times, each within its bounds, until they add up to `total`: all get the same tilt on top
 * of their own, as times have of which the sum is known. Bounds that the total has no room for are
 * given up, the narrowest first. Throws where no times in these buckets have that sum.
 */
export function settle(times: readonly Time[], total: number): void {
  if (total < sumOf(times, 'least') || total > sumOf(times, 'most')) {
    throw new Error(`no times within these buckets add up to ${total}`);
  }
  loosen(times, total);
  if (sumOf(times, 'value') !== total) {
    const tilt = commonTilt(times, total - times.length / 2);
    for (const time of times) place(time, tilt);
  }
  // What rounding left: less than one unit each, save at the ends of their room.
  spread(times, total - sumOf(times, 'value'), 'low', 'high');
  spread(times, total - sumOf(times, 'value'), 'least', 'most');
}

const ROUNDS = 60;

/** The tilt with which times add up to about `total`: Newton's method, held between what is known. */
function commonTilt(times: readonly Time[], total: number): number {
  let [below, above] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let tilt = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let sum = 0;
    let growth = 0;
    for (const time of times) {
      const width = time.high - time.low + 1;
      sum += at(time, tilt);
      growth += width * width * slope((time.tilt + tilt) * width, time.rank);
    }
    const missing = total - sum;
    if (Math.abs(missing) < 0.25) break;
    if (missing > 0) below = tilt;
    else above = tilt;
    const next = tilt + missing / growth;
    if (next > below && next < above) tilt = next;
    else if (Number.isFinite(below + above)) tilt = (below + above) / 2;
    else break;
  }
  return tilt;
}

/** Adds what is left of a sum, evenly, to times that have not reached these bounds. */
function spread(times: readonly Time[], rest: number, down: 'low' | 'least', up: 'high' | 'most') {
  const end = rest > 0 ? up : down;
  let left = rest;
  let open = times;
  while (left !== 0) {
    open = open.filter((time) => time.value !== time[end]);
    if (open.length === 0) return;
    const each = Math.max(1, Math.floor(Math.abs(left) / open.length));
    for (const time of open) {
      const step =
        Math.sign(left) * Math.min(each, Math.abs(left), Math.abs(time[end] - time.value));
      time.value += step;
      left -= step;
    }
  }
}

/** Gives up bounds, as far as it takes, until the total lies between their sums. */
function loosen(times: readonly Time[], total: number): void {
  let above = sumOf(times, 'low') - total;
  const raised = above > 0 ? times.filter((time) => time.low > time.least) : [];
  for (const time of raised.sort((a, b) => b.low - b.least - (a.low - a.least))) {
    const part = Math.min(time.low - time.least, Math.max(0, Math.ceil(SLACK * above)));
    time.low -= part;
    above -= part;
  }
  let under = total - sumOf(times, 'high');
  const lowered = under > 0 ? times.filter((time) => time.high < time.most) : [];
  for (const time of lowered.sort((a, b) => b.most - b.high - (a.most - a.high))) {
    const part = Math.min(time.most - time.high, Math.max(0, Math.ceil(SLACK * under)));
    time.high += part;
    under -= part;
  }
}

/** Some more than it takes: just enough would leave no time any choice. */
const SLACK = 1.2;

function sumOf(times: readonly Time[], what: 'value' | 'low' | 'high' | 'least' | 'most'): number {
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

/**
 * Gives things to requests that need so much: the greatest need first, to any that is left of those
 * that are enough for it, and where there is none to the greatest.
 */
export function allot<T extends { readonly value: number }>(
  stream: Stream,
  requests: readonly number[],
  need: (request: number) => number,
  things: readonly T[],
  give: (request: number, thing: T) => void,
): void {
  const needs = requests.map((request) => ({ request, need: need(request) }));
  needs.sort((a, b) => b.need - a.need || a.request - b.request);
  const sorted = things.toSorted((a, b) => b.value - a.value);
  const enough: T[] = [];
  let next = 0;
  for (const { request, need } of needs) {
    while (next < sorted.length && (sorted[next]!.value >= need || enough.length === 0)) {
      enough.push(sorted[next]!);
      next++;
    }
    const at = Math.floor(stream.next() * enough.length);
    give(request, enough[at]!);
    enough[at] = enough.at(-1)!;
    enough.pop();
  }
}
