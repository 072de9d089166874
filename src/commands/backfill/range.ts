import { UsageError } from '../../errors.js';
import { DAY, dateOf } from '../../world/time.js';
import { parseDate, parseInteger } from '../values.js';
import type { BackfillFlags } from './flags.js';

/** UTC days since the epoch: from the first up to, not including, `to`. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

const YEAR = 365;
const LONGEST = 36_525;

/**
 * The days that the flags name: so many up to a last one, or from a first to a last one.
 * @param now milliseconds since the epoch
 * @throws UsageError
 */
export function rangeOf(
  { days, end, from, to }: Pick<BackfillFlags, 'days' | 'end' | 'from' | 'to'>,
  now: number,
): DayRange {
  const yesterday = Math.floor(now / 1000 / DAY) - 1;
  if (from === undefined) {
    if (to !== undefined) throw new UsageError('--to is the last day after --from: give both');
    const count = days === undefined ? YEAR : parseInteger('--days', days, 1, LONGEST);
    const last = end === undefined ? yesterday : parseDate('--end', end);
    if (last + 1 < count) {
      throw new UsageError(`${count} days up to ${dateOf(last)} begin before 1970`);
    }
    return { from: last + 1 - count, to: last + 1 };
  }
  if (days !== undefined || end !== undefined) {
    throw new UsageError('--from goes with --to, and excludes --days and --end');
  }
  const first = parseDate('--from', from);
  const last = to === undefined ? yesterday : parseDate('--to', to);
  if (last < first) {
    throw new UsageError(`${dateOf(last)} (--to) is before ${dateOf(first)} (--from)`);
  }
  if (last + 1 - first > LONGEST) throw new UsageError('--from to --to is longer than 100 years');
  return { from: first, to: last + 1 };
}

/** `1yr` for 365 days, else `30d`: how a file's name says how long it is. */
export function lengthOf({ from, to }: DayRange): string {
  return to - from === YEAR ? '1yr' : `${to - from}d`;
}
