import type { LogNormal } from '../../world/latency.js';
import type { Variant } from '../../world/observations.js';
import type { Observed } from '../../world/observing.js';
import { normal } from '../../world/samplers.js';
import type { Stream } from '../../world/stream.js';
import { tilted } from '../../world/tilted.js';
import { ends, narrow, redraw, settle, type Time } from './times.js';

/** A time that another follows: the bucket of that one, and what it is longer. */
export interface Followed {
  readonly time: Time;
  value: number;
  /** The least and the greatest value of the longer one. */
  readonly ends: readonly [number, number];
  rest: number;
}

/**
 * The times of one group with the longer ones that were drawn from them, whose buckets are of
 * `bounds`: time and rest are drawn until both together are in the bucket that they have. The time
 * is narrowed to what the rest leaves of its bucket.
 */
export function followedBy(
  stream: Stream,
  times: readonly (readonly Time[])[],
  { places, counts, follows }: Observed,
  bounds: readonly number[],
  rests: readonly Variant[],
): Followed[] {
  const next = times.map(() => 0);
  return counts.flatMap((count, i) => {
    const place = follows!.places[i]!;
    const longer = ends(bounds, places.buckets[i]!);
    const [least, most] = longer;
    return Array.from({ length: count }, () => {
      const time = times[place]![next[place]!]!;
      next[place]! += 1;
      const rest = fitted(stream, time, longer, rests);
      if (time.least + rest <= most && time.most + rest >= least) {
        narrow(time, Math.ceil(least - rest), Math.floor(most - rest));
      }
      return { time, value: time.value, ends: longer, rest };
    });
  });
}

/**
 * A rest with which a time ends between these; the time is drawn again until it does. What is too
 * rare for that is one of the rests that were tried, more likely where it leaves more room.
 */
function fitted(
  stream: Stream,
  time: Time,
  [least, most]: readonly [number, number],
  rests: readonly Variant[],
): number {
  let room = 0;
  let best = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    const rest = drawRest(stream, rests);
    const value = time.value + rest;
    if (value >= least && value <= most) return rest;
    const here = Math.min(time.most, most - rest) - Math.max(time.least, least - rest);
    room += Math.max(0, here);
    if (best === 0 || stream.next() * room < here) best = rest;
    redraw(time, stream);
  }
  return best;
}

/** Settles times on their sum; where that takes one out of what its rest leaves it, that changes. */
export function settleFollowed(
  stream: Stream,
  followed: readonly Followed[],
  sum: number,
  rests: readonly Variant[],
): void {
  settle(
    followed.map(({ time }) => time),
    sum,
  );
  for (const each of followed) {
    const { time, ends } = each;
    each.value = time.value;
    each.rest = restIn(stream, rests, each.rest, ends[0] - time.value, ends[1] - time.value);
  }
}

/** Enough for what happens once in a hundred times. */
const TRIES = 400;

/** A rest between these bounds: this one, or another, or any where none is likely there. */
function restIn(
  stream: Stream,
  rests: readonly Variant[],
  first: number,
  least: number,
  most: number,
): number {
  let rest = first;
  for (let tries = 0; tries < TRIES; tries++) {
    if (rest >= least && rest <= most) return rest;
    rest = drawRest(stream, rests);
  }
  const low = Math.max(0, least);
  const width = Math.max(0, most - low);
  return low + width * tilted(-width / USUAL, stream.next());
}

/** Rests that are hardly ever so long are longer by so much only, in microseconds. */
const USUAL = 40_000;

function drawRest(stream: Stream, rests: readonly Variant[]): number {
  let at = stream.next();
  const variant = rests.find(({ weight }) => {
    at -= weight;
    return at <= 0;
  });
  return drawn(stream, (variant ?? rests.at(-1)!).time) * 1e6;
}

/** A log-normal number. */
export function drawn(stream: Stream, { mu, sigma }: LogNormal): number {
  return Math.exp(mu + sigma * normal(stream));
}
