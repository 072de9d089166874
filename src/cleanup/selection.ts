import { UsageError } from '../errors.js';
import { compileGlob } from './pattern.js';
import { parseSelector, type Selector } from './selector.js';

export interface Selection {
  /** Globs, one of which has to match the job. */
  readonly job?: readonly string[] | undefined;
  /** Selectors over the grouping key, one of which has to match. */
  readonly match?: readonly string[] | undefined;
}

/**
 * Which groups are meant: those that satisfy each list that is given, by one of its members.
 * Throws a UsageError that names the flag.
 */
export function selectionOf({ job, match }: Selection): Selector {
  if (job?.length === 0 || match?.length === 0) {
    throw new UsageError('an empty list of jobs or selectors selects nothing');
  }
  const globs = (job ?? []).map((glob) => compileGlob('--job', glob));
  const selectors = (match ?? []).map((selector) => parseSelector('--match', selector));
  return (key) =>
    (globs.length === 0 || globs.some((matches) => matches(key.job))) &&
    (selectors.length === 0 || selectors.some((matches) => matches(key)));
}
