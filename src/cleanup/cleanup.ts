import { type Env, SYSTEM } from '../env.js';
import { UsageError } from '../errors.js';
import { createPushClient, type PushClientOptions } from '../pushgateway/client.js';
import { selectionOf } from './selection.js';
import type { CleanupClient } from './survey.js';
import { type Sweep, type SweepObserver, type SweepOptions, sweep } from './sweep.js';

export interface CleanupOptions extends SweepObserver {
  /** URL of a Pushgateway, a gateway of this process, or a client for one, which stays open. */
  gateway: string | { readonly url: string } | CleanupClient;
  /** How to get into it, and how patiently; nothing to a client. */
  connection?: Omit<PushClientOptions, 'url' | 'clock' | 'random' | 'concurrency'> | undefined;
  /** Seconds since the last push, by the gateway's clock; 600 by default. 0: whenever it was. */
  olderThan?: number | undefined;
  /** Globs, one of which has to match the job. */
  job?: string | readonly string[] | undefined;
  /** Selectors over the grouping key, one of which has to match: `{job=~"chat.*",env="dev"}`. */
  match?: string | readonly string[] | undefined;
  /** Also groups that ragmon did not push; off by default. */
  anyOwner?: boolean | undefined;
  /** Only groups whose job said that it ended; off by default. */
  finished?: boolean | undefined;
  /** So many of each job stay, those pushed last; 0 by default. */
  keep?: number | undefined;
  /** Plan only; off by default. */
  dryRun?: boolean | undefined;
  /** Seconds between the plan and the deletion, for a last scrape; 0 by default. */
  wait?: number | undefined;
  /** A plan with more deletions is refused. */
  max?: number | undefined;
  /** Deletions under way at once; 8 by default. */
  concurrency?: number | undefined;
  /** Stops it: what was deleted by then is in the result. */
  signal?: AbortSignal | undefined;
  /** The system's by default. */
  clock?: Pick<Env, 'now' | 'monotonic' | 'sleep'> | undefined;
}

/** Seconds that deletions under way may take after a stop. */
const GRACE = 10;

/**
 * Deletes the stale groups of a Pushgateway, once: ragmon's own unless told otherwise. Groups that
 * could not be deleted are in `failures`; groups that were pushed meanwhile are no failures.
 *
 * Rejects with a UsageError for options that make no sense, with a PushError when the gateway
 * cannot be read or `signal` aborts while it is, and with a RagmonError for a plan larger
 * than `max`: nothing was deleted then.
 */
export async function cleanup(options: CleanupOptions): Promise<Sweep> {
  const { gateway, clock = SYSTEM, signal: stop = new AbortController().signal } = options;
  const planned = sweepOptionsOf(options);
  const run = (client: CleanupClient) =>
    sweep({ client, clock, options: planned, observer: options, stop, grace: GRACE });
  if (typeof gateway === 'object' && 'pick' in gateway) return await run(gateway);

  const { concurrency } = planned;
  const url = typeof gateway === 'string' ? gateway : gateway.url;
  const client = createPushClient({ ...options.connection, url, clock, concurrency });
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

/** Throws a UsageError that names the option. */
export function sweepOptionsOf(options: Omit<CleanupOptions, 'gateway'>): SweepOptions {
  return {
    selected: selectionOf({ job: listOf(options.job), match: listOf(options.match) }),
    olderThan: checked('olderThan', options.olderThan ?? 600),
    anyOwner: options.anyOwner ?? false,
    finished: options.finished ?? false,
    keep: checked('keep', options.keep ?? 0, Number.isInteger),
    dryRun: options.dryRun ?? false,
    wait: checked('wait', options.wait ?? 0),
    max: options.max === undefined ? undefined : checked('max', options.max, Number.isInteger),
    concurrency: checked(
      'concurrency',
      options.concurrency ?? 8,
      (n) => Number.isInteger(n) && n > 0,
    ),
  };
}

function listOf(given: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? [given] : given;
}

function checked(
  name: string,
  value: number,
  fits: (value: number) => boolean = Number.isFinite,
): number {
  if (fits(value) && value >= 0) return value;
  const problem = typeof value === 'number' ? 'is out of range' : 'is no number';
  throw new UsageError(`${name}: ${value} ${problem}`, { hint: 'times are in seconds' });
}
