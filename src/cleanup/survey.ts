import type { Env } from '../env.js';
import { RagmonError } from '../errors.js';
import { JOB_LAST_SUCCESS, JOB_START, RUN_INFO } from '../instruments/run-metrics.js';
import type { PushClient } from '../pushgateway/client.js';
import type { Group } from '../pushgateway/listing.js';
import type { Candidate } from './plan.js';
import type { Selector } from './selector.js';

/** The part of a push client that a sweep uses. */
export type CleanupClient = Pick<PushClient, 'url' | 'pick' | 'delete'>;

/** What a gateway holds, as far as a plan has to know it. */
export interface Survey {
  readonly candidates: readonly Candidate[];
  /** When each group that was not selected was pushed last, Unix seconds. */
  readonly others: readonly number[];
  /** Groups whose key the gateway does not tell, in words. */
  readonly unreadable: readonly string[];
  /** The gateway's clock, Unix seconds. */
  readonly now: number;
  /** Seconds that the gateway's clock is ahead of ours; it tells whole seconds only. */
  readonly skew: number;
}

/**
 * One listing. Of each group that is selected the few numbers that decide are kept, of the others
 * one.
 * @throws PushError when the gateway cannot be read; RagmonError when it does not tell its time
 */
export async function survey(
  client: CleanupClient,
  selected: Selector,
  clock: Pick<Env, 'now'>,
  signal: AbortSignal,
): Promise<Survey> {
  // The gateway writes its time before the groups: ours is taken as they begin to come.
  let ours: number | undefined;
  const { groups, unreadable, serverTime } = await client.pick(
    (key, read) => {
      ours ??= clock.now();
      return selected(key) ? candidateOf(read(FAMILIES)) : lastTime(read([]));
    },
    { signal },
  );

  if (serverTime === undefined) {
    throw new RagmonError(
      `the answer of ${client.url} has no Date: how old a group is is unknown`,
      {
        hint: 'a proxy that removes it has to let it through',
      },
    );
  }
  return {
    candidates: groups.filter((group) => typeof group !== 'number'),
    others: groups.filter((group) => typeof group === 'number'),
    unreadable,
    now: serverTime / 1000,
    skew: (serverTime - (ours ?? clock.now())) / 1000,
  };
}

/** Of a push that succeeded or failed, Unix seconds. */
export function lastTime({ pushTime, failureTime }: Pick<Group, 'pushTime' | 'failureTime'>) {
  return Math.max(pushTime, failureTime);
}

/** What decides; the other families are not even parsed. */
const FAMILIES = [RUN_INFO, JOB_START, JOB_LAST_SUCCESS];

function candidateOf({ key, pushTime, failureTime, families }: Group): Candidate {
  const start = numberIn(families, JOB_START);
  const last = numberIn(families, JOB_LAST_SUCCESS);
  return {
    ...{ key, pushTime, failureTime },
    own: families.has(RUN_INFO),
    // Of a job that does not say when it started it is not known which one ended.
    ended: start !== undefined && last !== undefined && last >= start,
  };
}

function numberIn(families: Group['families'], name: string): number | undefined {
  const [series, ...others] = families.get(name)?.series ?? [];
  return series && 'value' in series && others.length === 0 ? series.value : undefined;
}
