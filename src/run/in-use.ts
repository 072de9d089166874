import type { Env } from '../env.js';
import { RagmonError } from '../errors.js';
import type { Values } from '../instruments/parts.js';
import { JOB_LAST_SUCCESS, JOB_START } from '../instruments/run-metrics.js';
import { formatKey, type GroupingKey } from '../pushgateway/grouping-key.js';
import type { HeldGroup, HeldGroups } from './groups.js';
import type { Observer } from './observer.js';
import type { Plan, RunOptions } from './plan.js';

/** A group that was pushed this many intervals ago, and did not say that it ended, is in use. */
const RECENT_INTERVALS = 3;

/** Seconds after its last push for which a group counts as in use; another run's interval is not known. */
function recent({ interval, scrapeInterval }: RunOptions): number {
  return RECENT_INTERVALS * Math.max(interval, scrapeInterval);
}

/**
 * The plan's groups that other runs seem to push now. No group can be this run's own yet, not even
 * with its run id: another process may run the same shard.
 * @param now milliseconds since the epoch, used where the gateway does not tell its time
 */
function inUse(held: HeldGroups<HeldGroup>, { slots, options }: Plan, now: number): GroupingKey[] {
  const keys = slots.map(({ key }) => key);
  return keys.filter((key) => {
    const group = held.get(key);
    if (!group) return false;
    const age = (held.serverTime ?? now) / 1000 - group.pushTime;
    return age <= recent(options) && !hasEnded(group.values);
  });
}

function hasEnded(values: Values): boolean {
  const start = values.get(JOB_START);
  const last = values.get(JOB_LAST_SUCCESS);
  return start === undefined || (last !== undefined && last >= start);
}

/** A line when other runs seem to push some of the plan's groups: two on one key overwrite each other. */
export function otherRunsOn(held: HeldGroups<HeldGroup>, plan: Plan, now: number): string[] {
  const [first, ...more] = inUse(held, plan, now);
  if (first === undefined) return [];
  return [
    `another run seems to be pushing ${named(first, more)}: two runs on one group ` +
      'overwrite each other; stop one, or give this one another --instance',
  ];
}

function named(first: GroupingKey, more: readonly GroupingKey[]): string {
  return formatKey(first) + (more.length > 0 ? ` and ${more.length} more` : '');
}

/**
 * Counters that go on from a history must not alternate with another run's: each change would look
 * like growth. So where a group was pushed just now, this waits until it is pushed again, or until a
 * run that is alive would have done so: then that one was killed, and the history goes on.
 * @param read what the gateway holds now
 * @returns what it holds at the end of the wait
 * @throws RagmonError where another run pushes; the signal's reason when `stop` aborts
 */
export async function leftAlone(
  first: HeldGroups<HeldGroup>,
  read: () => Promise<HeldGroups<HeldGroup>>,
  plan: Plan,
  clock: Pick<Env, 'now' | 'sleep'>,
  observer: Pick<Observer, 'note'>,
  stop: AbortSignal,
): Promise<HeldGroups<HeldGroup>> {
  const longest = recent(plan.options);
  const pause = Math.min(Math.max(1, plan.options.interval), longest);
  let held = first;
  let waited = 0;
  for (;;) {
    const used = inUse(held, plan, clock.now());
    const pushed = used.filter((key) => held.get(key)?.pushTime !== first.get(key)?.pushTime);
    const [one, ...more] = pushed;
    if (one !== undefined) {
      throw new RagmonError(`another run pushes ${named(one, more)}: nothing was pushed over it`, {
        hint: 'stop that run first, or write the history for another --instance',
      });
    }
    const [fresh] = used;
    if (fresh === undefined || waited >= longest) return held;
    if (waited === 0) {
      observer.note(
        `${formatKey(fresh)} was pushed just now by a run that did not say that it ended: ` +
          `waiting for up to ${longest}s to see whether that goes on`,
      );
    }
    const step = Math.min(pause, longest - waited);
    await clock.sleep(step * 1000, stop);
    stop.throwIfAborted();
    waited += step;
    held = await read();
  }
}
