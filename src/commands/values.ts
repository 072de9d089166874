import { UsageError } from '../errors.js';
import { dateOf, dayOf } from '../world/time.js';

// What people write behind a flag or into a variable. `name` is that flag or variable, for the error.

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
export const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;
/** Seconds. More is a slip of the pen, and far more is beyond what a calendar can name. */
const LONGEST = 100 * 365.25 * 86_400;

/** The words of a flag that takes several: `--columns a,b --columns c`, and with spaces `'a, b'`. */
export function words(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => text.split(',')).map((word) => word.trim());
}

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
  if (seconds > LONGEST) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is longer than 100 years`);
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

const RFC3339 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
/** The last second of the year 9999: later ones have no RFC 3339 form. */
const LAST_SECOND = 253_402_300_799;

/**
 * A point in time: RFC 3339, `now`, or `now-1h`. Unix seconds, whole (rounded down), in the years
 * 1970 to 9999.
 * @param now milliseconds since the epoch
 */
export function parseTime(name: string, text: string, now: number): number {
  const [relative, sign, distance] = /^now(?:([+-])(.+))?$/.exec(text.trim()) ?? [];
  let time: number | undefined;
  if (relative === undefined) time = parseRfc3339(text.trim());
  else {
    const seconds = distance === undefined ? 0 : parseDuration(name, distance);
    time = now / 1000 + (sign === '-' ? -seconds : seconds);
  }
  if (time === undefined) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a time`, {
      hint: 'write 2026-03-01T00:00:00Z, now or now-1h',
    });
  }
  const seconds = Math.floor(time);
  if (seconds < 0 || seconds > LAST_SECOND) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is outside the years 1970 to 9999`);
  }
  return seconds;
}

/** Unix seconds; undefined for what is none, or a date or an hour that does not exist. */
function parseRfc3339(text: string): number | undefined {
  const upper = text.toUpperCase();
  const [, day, minute] = RFC3339.exec(upper) ?? [];
  const time = Date.parse(upper.replace(' ', 'T'));
  if (day === undefined || Number.isNaN(time)) return undefined;
  // Date takes 30 February for 2 March, and 24:00 for the next day: then it reads otherwise.
  const local = `${day}T${minute}`;
  if (!new Date(`${local}Z`).toISOString().startsWith(local)) return undefined;
  return time / 1000;
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

const SIZES: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
};

/** A size such as `16MiB`, `64MB` or `1000000`, in bytes, within limits, both included. */
export function parseSize(name: string, text: string, min: number, max: number): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg]?i?b|)$/i.exec(text.trim()) ?? [];
  const factor = SIZES[unit.toLowerCase()];
  if (number === undefined || factor === undefined) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a size`, {
      hint: 'write 64MB, 16MiB or 1000000',
    });
  }
  const bytes = Math.floor(Number(number) * factor);
  if (bytes >= min && bytes <= max) return bytes;
  throw new UsageError(`${name}: ${text} is not from ${min} to ${max} bytes`);
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

/** A UTC date, `2026-03-01`, of the years 1970 to 9999, as days since the epoch. */
export function parseDate(name: string, text: string): number {
  const date = text.trim();
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? dayOf(date) : Number.NaN;
  // Date takes 30 February for 2 March: then it reads otherwise.
  if (Number.isNaN(day) || dateOf(day) !== date) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a date`, {
      hint: 'write 2026-03-01',
    });
  }
  if (day < 0) throw new UsageError(`${name}: ${date} is outside the years 1970 to 9999`);
  return day;
}
