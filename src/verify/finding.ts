import type { Cause } from './causes.js';

/** What a finding is about; `series` of the gateway check is the plain stored value. */
export type Check =
  | 'group'
  | 'run'
  | 'push'
  | 'series'
  | 'scrapes'
  | 'last − first'
  | 'resets()'
  | 'increase()'
  | 'quantiles';

/** One comparison of what the ledger says with what a server shows. */
export interface Finding {
  /** For people: `chatapi {instance="a"}`. */
  readonly group: string;
  /** As in the ledger, labels by name; absent where the finding is about the group. */
  readonly series?: string;
  readonly check: Check;
  readonly expected: number | string;
  /** Null where there is nothing. */
  readonly found: number | string | null;
  readonly agrees: boolean;
  /** Of a difference: what most likely made it. */
  readonly cause?: Cause;
  /** What keeps an agreement from being exact, or makes a missing thing right. */
  readonly note?: string;
}

/** Relative: far above the rounding of a sum of doubles, far below a cent of a year's bill. */
const TOLERANCE = 1e-9;

/**
 * Whether two values of a series are the same: whole numbers must be equal, sums of seconds and
 * money agree to 1e-9 relative.
 * @param scale of the numbers that a difference was taken of: its rounding errors are theirs
 */
export function sameValue(
  name: string,
  expected: number,
  found: number | undefined,
  scale = 0,
): boolean {
  if (found === undefined) return false;
  if (Object.is(expected, found) || expected === found) return true;
  const whole = Number.isInteger(expected) && Number.isInteger(found) && !name.endsWith('_sum');
  const size = Math.max(Math.abs(expected), Math.abs(scale));
  return !whole && Math.abs(found - expected) <= TOLERANCE * size;
}
