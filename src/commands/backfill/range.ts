import { UsageError } from '../../errors.js';
import { DAY, dateOf } from '../../world/time.js';
import { parseDate, parseInteger } from '../values.js';
import type { BackfillFlags } from './flags.js';

/** World time, Unix seconds: from the first up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const YEAR = 365;
const LONGEST = 36_525;

/**
 * The days that the flags name: so many up to a last one, or from a first to a last one.
 * @param now milliseconds since the epoch
 * @param usual how many days where none are named
 * @throws UsageError
 */
export function daysNamed(
  { days, end, from, to }: Pick<BackfillFlags, 'days' | 'end' | 'from' | 'to'>,
  now: number,
  usual = YEAR,
): Span {
  const yesterday = Math.floor(now / 1000 / DAY) - 1;
  if (from === undefined) {
    if (to !== undefined) throw new UsageError('--to is the last day after --from: give both');
    const count = days === undefined ? usual : parseInteger('--days', days, 1, LONGEST);
    const last = end === undefined ? yesterday : parseDate('--end', end);
    if (last + 1 < count) {
      throw new UsageError(`${count} days up to ${dateOf(last)} begin before 1970`);
    }
    return { from: (last + 1 - count) * DAY, to: (last + 1) * DAY };
  }
  if (days !== undefined || end !== undefined) {
    throw new UsageError('--from goes with --to, and excludes --days and --end');
  }
  const first = parseDate('--from', from);
  const last = to === undefined ? yesterday : parseDate('--to', to);
  if (last < first) {
    const what = to === undefined ? 'yesterday' : '--to';
    throw new UsageError(`${dateOf(last)} (${what}) is before ${dateOf(first)} (--from)`);
  }
  if (last + 1 - first > LONGEST) throw new UsageError('--from to --to is longer than 100 years');
  return { from: first * DAY, to: (last + 1) * DAY };
}

export function dayCount({ from, to }: Span): number {
  return (to - from) / DAY;
}

/** `1yr` for 365 days, else `30d`: how a file's name says how long it is. */
export function lengthOf(span: Span): string {
  const days = dayCount(span);
  return days === YEAR ? '1yr' : `${days}d`;
}

/** `365 days`, `1 day` */
export function daysText(span: Span): string {
  const days = dayCount(span);
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

/** The same for a program: first and last day. */
export function datesOf(span: Span) {
  return { from: dateOf(span.from / DAY), to: dateOf(span.to / DAY - 1), days: dayCount(span) };
}

/** `2026-02-01 to 2026-03-01 UTC`, first and last day; one day is named once. */
export function datesText({ from, to }: Span): string {
  const [first, last] = [dateOf(from / DAY), dateOf(to / DAY - 1)];
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}
