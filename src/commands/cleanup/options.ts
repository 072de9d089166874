import { sweepOptionsOf } from '../../cleanup/cleanup.js';
import type { SweepOptions } from '../../cleanup/sweep.js';
import { UsageError } from '../../errors.js';
import { servicesOf } from '../group.js';
import { parseDuration, parseInteger, parsePositiveDuration } from '../values.js';
import type { CleanupFlags } from './flags.js';

export interface CleanupOptions {
  readonly sweep: SweepOptions;
  /** As it was written, for the reasons. */
  readonly olderThan: string;
  /** Seconds from the start of one sweep to the next; undefined for one sweep. */
  readonly every: number | undefined;
}

const MOST = 1e9;

/**
 * What a sweep does, from flags and defaults, all of it checked.
 * @param concurrency the connections of the client
 * @throws UsageError naming the flag and what it should be
 */
export function cleanupOptionsOf(flags: CleanupFlags, concurrency: number): CleanupOptions {
  const { olderThan = '10m', job, match, every, max } = flags;
  if (flags.anyOwner && !job && !match && !flags.yes && !flags.dryRun) {
    throw new UsageError('--any-owner needs --job or --match, or --yes', {
      hint: 'without them every stale group of the gateway would go',
    });
  }
  const services = flags.service && servicesOf(flags.service).map(({ name }) => name);
  const sweep = sweepOptionsOf({
    ...{ job, match, concurrency },
    olderThan: parseDuration('--older-than', olderThan),
    anyOwner: flags.anyOwner,
    finished: flags.finished,
    keep: parseInteger('--keep', flags.keep ?? '0', 0, MOST),
    dryRun: flags.dryRun,
    wait: parseDuration('--wait', flags.wait ?? '0'),
    max: max === undefined ? undefined : parseInteger('--max', max, 0, MOST),
  });
  return {
    sweep: {
      ...sweep,
      selected: (key) => (services?.includes(key.job) ?? true) && sweep.selected(key),
    },
    olderThan: olderThan.trim(),
    every: every === undefined ? undefined : parsePositiveDuration('--every', every),
  };
}
