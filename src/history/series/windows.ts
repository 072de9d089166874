// History is cut as Prometheus cuts its blocks: at whole multiples, from the epoch on, of 2 h · 3^n.
// promtool parses a file once for every block in it, so a file that is one block loads in linear time.

const HOUR = 3600;
/** What promtool snaps a block's duration down to; of its ten, those up to a week. Seconds. */
const DURATIONS = [2, 6, 18, 54, 162].map((hours) => hours * HOUR);
/** One window's values stand in memory at once, in doubles: 16 MB. */
const MOST_SAMPLES = 2_000_000;
/** A range in fewer windows would not keep many cores busy. */
const LEAST_WINDOWS = 8;

/** World time in whole seconds; samples at `from`, `from` + step, … and the last at most at `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** One block's worth of samples: `steps` of them a series, the first at `first`, the last at `last`. */
export interface Window {
  /** Where the block would begin: a multiple of its duration. */
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly steps: number;
}

/**
 * The duration of a window, in seconds: the longest at which its samples fit into memory and there
 * are enough windows to work on side by side.
 */
export function windowDuration({ from, to, step }: Range, series: number): number {
  const longest = Math.min((MOST_SAMPLES / series) * step, (to - from) / LEAST_WINDOWS);
  return DURATIONS.findLast((duration) => duration <= longest) ?? DURATIONS[0]!;
}

/** The windows that hold a sample of the range, oldest first. */
export function windowsOf({ from, to, step }: Range, duration: number): readonly Window[] {
  const windows: Window[] = [];
  for (let first = from; first <= to; ) {
    const start = Math.floor(first / duration) * duration;
    const end = Math.min(start + duration - 1, to);
    const steps = Math.floor((end - first) / step) + 1;
    const last = first + (steps - 1) * step;
    windows.push({ start, first, last, steps });
    first = last + step;
  }
  return windows;
}

/** Prometheus keeps the latest hours in memory, and blocks must not reach into them. Seconds. */
const HEAD = 3 * HOUR;

/**
 * The latest instant, on the grid of the range, at which a block may end.
 * @param now wall clock, milliseconds since the epoch
 */
export function latestEnd({ from, step }: Pick<Range, 'from' | 'step'>, now: number): number {
  return from + Math.floor((Math.floor(now / 1000) - HEAD - from) / step) * step;
}
