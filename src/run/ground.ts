import { messageOf } from '../errors.js';
import type { Values } from '../instruments/parts.js';
import { JOB_LAST_SUCCESS, JOB_START, RUN_INFO } from '../instruments/run-metrics.js';
import type { PushClient } from '../pushgateway/client.js';
import { formatKey, type GroupingKey, keyId } from '../pushgateway/grouping-key.js';
import type { Group } from '../pushgateway/listing.js';
import { seriesOf } from '../pushgateway/series.js';
import type { Observer } from './observer.js';
import type { Plan, Slot } from './plan.js';
import type { Failure } from './play.js';

/** What the gateway holds of a plan's groups. */
export interface HeldGroups {
  /** All series of a group; undefined when there is no such group. */
  values(key: GroupingKey): Values | undefined;
  group(key: GroupingKey): Group | undefined;
  /** The gateway's clock less ours, milliseconds. */
  readonly serverTime: number | undefined;
}

/** @throws PushError when the gateway cannot be read: nothing may then be pushed over old values */
export async function heldGroups(
  client: PushClient,
  plan: Plan,
  signal?: AbortSignal,
): Promise<HeldGroups> {
  const own = new Set(plan.slots.map(({ key }) => keyId(key)));
  const { groups, serverTime } = await client.list({ signal });
  const held = new Map(
    groups.filter(({ key }) => own.has(keyId(key))).map((group) => [keyId(group.key), group]),
  );
  return {
    group: (key) => held.get(keyId(key)),
    values: (key) => {
      const group = held.get(keyId(key));
      return group && seriesOf(group);
    },
    serverTime,
  };
}

/** A group that was pushed this many intervals ago, and did not say that it ended, is in use. */
const RECENT_INTERVALS = 3;

/**
 * A line for each other run that seems to push one of the plan's groups now: two on one key
 * overwrite each other.
 * @param now milliseconds since the epoch, used where the gateway does not tell its time
 */
export function otherRunsOn(held: HeldGroups, plan: Plan, now: number): string[] {
  const { interval, scrapeInterval, runId } = plan.options;
  const recent = RECENT_INTERVALS * Math.max(interval, scrapeInterval);
  const others = plan.slots.filter(({ key }) => {
    const group = held.group(key);
    const values = held.values(key);
    if (!group || !values || runIdOf(group) === runId) return false;
    const age = (held.serverTime ?? now) / 1000 - group.pushTime;
    return age <= recent && !hasEnded(values);
  });
  if (others.length === 0) return [];
  const more = others.length > 1 ? ` and ${others.length - 1} more` : '';
  return [
    `another run seems to be pushing ${formatKey(others[0]!.key)}${more}: two runs on one group ` +
      'overwrite each other; stop one, or give this one another --instance',
  ];
}

function hasEnded(values: Values): boolean {
  const start = values.get(JOB_START);
  const last = values.get(JOB_LAST_SUCCESS);
  return start === undefined || (last !== undefined && last >= start);
}

/** The run that pushed a group last; undefined for a group that is not ragmon's. */
export function runIdOf(group: Group): string | undefined {
  return group.families.get(RUN_INFO)?.series[0]?.labels.run_id;
}

/** Slots whose last state was stored, and whose groups were then taken over or deleted. */
export async function lostGroups(
  client: PushClient,
  plan: Plan,
  stored: ReadonlySet<Slot>,
  observer: Observer,
): Promise<Failure[]> {
  if (stored.size === 0) return [];
  try {
    const held = await heldGroups(client, plan);
    return [...stored].flatMap(({ key }) => {
      const group = held.group(key);
      if (group && runIdOf(group) === plan.options.runId) return [];
      const error = group
        ? 'at the end the group was no longer this run’s own: another run pushes it'
        : 'at the end the group was no longer there: somebody deleted it';
      return [{ group: formatKey(key), error }];
    });
  } catch (error) {
    observer.note(`whether the groups are still this run’s own is not known: ${messageOf(error)}`);
    return [];
  }
}
