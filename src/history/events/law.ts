import type { Stream } from '../../world/stream.js';
import { tilted, tiltOf } from '../../world/tilted.js';

/** How times lie in a bucket. */
export interface Law {
  /** The tilt of numbers that are spread over it with the mean of the times. */
  readonly tilt: number;
  /** How likely such a number is one of the times, by the share of them that lies below it. */
  chance(rank: number): number;
}

/** The law of times with this mean and, where that is known, this density between two bounds. */
export function lawOf(
  low: number,
  high: number,
  mean: number,
  density?: (value: number) => number,
): Law {
  const width = high - low;
  const a = tiltOf((mean - low) / width);
  if (!density) return { tilt: a / width, chance: () => 1 };
  const ratio = (rank: number) => {
    const x = tilted(a, rank);
    return density(low + width * x) / Math.exp(a * (x - (a > 0 ? 1 : 0)));
  };
  const most = Math.max(...RANKS.map(ratio));
  return { tilt: a / width, chance: (rank) => (most > 0 ? ratio(rank) / most : 1) };
}

const RANKS = [0.001, ...Array.from({ length: 15 }, (_, k) => (k + 1) / 16), 0.999];
const TRIES = 30;

/** A rank by this law: one after the other is tried (J. von Neumann's rejection). */
export function drawRank(stream: Stream, { chance }: Law): number {
  let rank = stream.next();
  for (let tries = 0; tries < TRIES && stream.next() > chance(rank); tries++) rank = stream.next();
  return rank;
}
