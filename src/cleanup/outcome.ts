import type { Env } from '../env.js';
import { messageOf } from '../errors.js';
import { keyId } from '../pushgateway/grouping-key.js';
import type { Deletions, Failure } from './deletions.js';
import { type Entry, goes } from './plan.js';
import type { Selector } from './selector.js';
import type { Survey } from './survey.js';

/** Every entry that was to be deleted is in one of the lists; of a dry run in none. */
export interface Outcome {
  /** Gone at the end. */
  readonly deleted: readonly Entry[];
  /** Deleted, and there again at the end: somebody pushes it. */
  readonly returned: readonly Entry[];
  /** Left alone: at the second look it was pushed again, or had another reason to stay. */
  readonly spared: readonly Entry[];
  /** Somebody else deleted it. */
  readonly gone: readonly Entry[];
  readonly failures: readonly Failure[];
  /** Not tried: the sweep was stopped, or not approved. */
  readonly left: readonly Entry[];
  /** Why it is not known whether `deleted` is gone: the gateway's answer alone does not tell. */
  readonly unverified: string | undefined;
}

export const NOTHING: Outcome = {
  ...{ deleted: [], returned: [], spared: [], gone: [], failures: [], left: [] },
  unverified: undefined,
};

/** A listing of the groups that are asked for. */
export type Look = (selected: Selector) => Promise<Survey>;

/** What is as it was in the plan, and what is not. */
export function compare(
  doomed: readonly Entry[],
  again: readonly Entry[],
): { still: Entry[]; spared: Entry[]; gone: Entry[] } {
  const now = new Map(again.map((entry) => [entry.id, entry]));
  const still: Entry[] = [];
  const spared: Entry[] = [];
  const gone: Entry[] = [];
  for (const entry of doomed) {
    const other = now.get(entry.id);
    if (other === undefined) gone.push(entry);
    else if (goes(other) && sameTimes(entry, other)) still.push(entry);
    else spared.push(entry);
  }
  return { still, spared, gone };
}

/** Seconds until a gateway is asked what is left: it deletes after its answer. */
const SETTLE = { least: 0.1, most: 10 };

/**
 * The answer to a deletion is the same whatever comes of it: here is what did.
 * @param queued seconds that what the gateway had to do before the deletions may take
 */
export async function verify(
  { accepted, failures, slowest }: Deletions,
  queued: number,
  look: Look,
  { clock, stop }: { clock: Pick<Env, 'sleep'>; stop: AbortSignal },
): Promise<Pick<Outcome, 'deleted' | 'returned' | 'gone' | 'failures' | 'unverified'>> {
  const asAnswered = { deleted: accepted, returned: [], gone: [], failures };
  if (accepted.length === 0) return { ...asAnswered, unverified: undefined };
  // A deletion that was slow to be taken waited for others.
  const settle = Math.min(SETTLE.most, Math.max(SETTLE.least, queued, 2 * slowest));
  await clock.sleep(settle * 1000, stop);
  if (stop.aborted) return { ...asAnswered, unverified: 'the sweep was stopped' };

  const tried = new Set([...accepted, ...failures.map(({ entry }) => entry)].map(({ id }) => id));
  let left: Map<string, Times>;
  try {
    const { candidates } = await look((key) => tried.has(keyId(key)));
    left = new Map(candidates.map((candidate) => [keyId(candidate.key), candidate]));
  } catch (error) {
    return { ...asAnswered, unverified: messageOf(error) };
  }
  const there = (entry: Entry) => left.has(entry.id);
  const untouched = (entry: Entry) => {
    const now = left.get(entry.id);
    return now !== undefined && sameTimes(entry, now);
  };
  const error = 'still there, though the gateway took its deletion';
  return {
    deleted: accepted.filter((entry) => !there(entry)),
    returned: accepted.filter((entry) => there(entry) && !untouched(entry)),
    gone: failures.map(({ entry }) => entry).filter((entry) => !there(entry)),
    failures: [
      ...failures.filter(({ entry }) => there(entry)),
      ...accepted.filter((entry) => untouched(entry)).map((entry) => ({ entry, error })),
    ],
    unverified: undefined,
  };
}

type Times = Pick<Entry, 'pushTime' | 'failureTime'>;

function sameTimes(a: Times, b: Times): boolean {
  return Object.is(a.pushTime, b.pushTime) && Object.is(a.failureTime, b.failureTime);
}
