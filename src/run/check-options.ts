import { UsageError } from '../errors.js';
import { PROFILES } from '../world/traffic.js';
import { labelProblem } from './labels.js';
import type { RunOptions } from './plan.js';

/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

type Rule = readonly [
  name: keyof RunOptions,
  what: string,
  holds: (options: RunOptions) => boolean,
];

const RULES: readonly Rule[] = [
  ['services', 'at least one service', ({ services }) => services.length > 0],
  ['rate', 'a number above 0, up to 1e7', ({ rate }) => within(rate, Number.MIN_VALUE, 1e7)],
  ['profile', 'daily or flat', ({ profile }) => PROFILES.includes(profile)],
  ['start', 'Unix seconds, whole', ({ start }) => isWhole(start, 0, LAST_SECOND)],
  ['duration', 'whole seconds, at least 1', ({ duration = 1 }) => isWhole(duration, 1)],
  ['speed', 'a number from 0.001 to 1e6', ({ speed }) => within(speed, 0.001, 1e6)],
  ['interval', 'seconds above 0', ({ interval }) => isLong(interval)],
  ['jobs', 'a whole number from 1 to 10000', ({ jobs }) => isWhole(jobs, 1, 10_000)],
  ['jobLifetime', 'whole seconds, at least 1', ({ jobLifetime = 1 }) => isWhole(jobLifetime, 1)],
  ['counters', 'carry, fresh or per-run', ({ counters }) => MODES.includes(counters)],
  ['warmup', 'seconds', ({ warmup = 0 }) => warmup === 0 || isLong(warmup)],
  ['scrapeInterval', 'seconds above 0', ({ scrapeInterval }) => isLong(scrapeInterval)],
  ['instance', 'a name', ({ instance }) => instance !== ''],
  [
    'shard',
    'index below of',
    ({ shard: { index, of } }) => isWhole(of, 1) && isWhole(index, 0, of - 1),
  ],
  ['cleanupAfter', 'seconds', ({ cleanupAfter = 0 }) => cleanupAfter === 0 || isLong(cleanupAfter)],
];
const MODES: readonly string[] = ['carry', 'fresh', 'per-run'];

/**
 * For options that no command line has read.
 * @throws UsageError that names the first one that cannot be
 */
export function checkOptions(options: RunOptions): void {
  for (const [name, what, holds] of RULES) {
    if (!holds(options)) {
      const value = options[name];
      // JSON knows neither NaN nor Infinity.
      const shown = typeof value === 'number' ? value : JSON.stringify(value);
      throw new UsageError(`${name}: ${shown} is not ${what}`);
    }
  }
  for (const [name, value] of Object.entries(options.labels)) {
    const bad = labelProblem(name, value, options.services);
    if (bad) throw new UsageError(`labels: ${bad.problem}`, bad.hint ? { hint: bad.hint } : {});
  }
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function isWhole(value: number, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && within(value, min, max);
}

function isLong(seconds: number): boolean {
  return seconds > 0 && Number.isFinite(seconds);
}
