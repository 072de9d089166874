import { UsageError } from '../errors.js';

// What people write behind a flag or into a variable. `name` is that flag or variable, for the error.

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** A duration such as `30s`, `5m`, `1h30m` or `7d`, in seconds; 0 is a duration too. */
export function parseDuration(name: string, text: string): number {
  const compact = text.trim();
  if (compact === '0') return 0;
  if (!DURATION.test(compact)) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a duration`, {
      hint: 'write 30s, 5m, 1h30m or 7d',
    });
  }
  let seconds = 0;
  for (const [, number, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    seconds += Number(number) * UNITS[unit!]!;
  }
  return Math.round(seconds * 1000) / 1000;
}

/** A duration above zero, in seconds. */
export function parsePositiveDuration(name: string, text: string): number {
  const seconds = parseDuration(name, text);
  if (seconds <= 0) throw new UsageError(`${name} must be longer than 0`);
  return seconds;
}

/** A stretch of world time: whole seconds, at least one. */
export function parseWorldDuration(name: string, text: string): number {
  const seconds = parsePositiveDuration(name, text);
  if (!Number.isInteger(seconds)) {
    throw new UsageError(`${name}: world time has a grid of one second, ${text} is not on it`);
  }
  return seconds;
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * A point in time: RFC 3339, `now`, or `now-1h`. Unix seconds, whole (rounded down).
 * @param now milliseconds since the epoch
 */
export function parseTime(name: string, text: string, now: number): number {
  const relative = /^now(?:([+-])(.+))?$/.exec(text.trim());
  if (relative) {
    const [, sign, distance] = relative;
    const seconds = distance === undefined ? 0 : parseDuration(name, distance);
    return Math.floor(now / 1000 + (sign === '-' ? -seconds : seconds));
  }
  const date = RFC3339.test(text.trim()) ? Date.parse(text.trim().replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(date)) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a time`, {
      hint: 'write 2026-03-01T00:00:00Z, now or now-1h',
    });
  }
  return Math.floor(date / 1000);
}

/** A whole number within limits, both included. */
export function parseInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text.trim() === '' ? Number.NaN : text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(
      `${name}: ${JSON.stringify(text)} is not a whole number from ${min} to ${max}`,
    );
  }
  return value;
}

/** A number above zero and at most `max`. */
export function parsePositive(name: string, text: string, max: number): number {
  const value = Number(text.trim() === '' ? Number.NaN : text);
  if (!(value > 0) || value > max) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a number above 0, up to ${max}`);
  }
  return value;
}

/** One of a closed set of words. */
export function parseChoice<T extends string>(
  name: string,
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is none of ${choices.join(', ')}`);
  }
  return choice;
}
