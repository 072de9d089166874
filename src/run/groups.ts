import { messageOf } from '../errors.js';
import type { Values } from '../instruments/parts.js';
import { JOB_START, RUN_INFO } from '../instruments/run-metrics.js';
import type { PushClient } from '../pushgateway/client.js';
import { formatKey, type GroupingKey, keyId } from '../pushgateway/grouping-key.js';
import type { Family, Group } from '../pushgateway/listing.js';
import { seriesOf } from '../pushgateway/series.js';
import type { Failure } from './play.js';
import type { JobSlot } from './slot.js';

/** What the gateway holds of some groups. */
export interface HeldGroups<T> {
  get(key: GroupingKey): T | undefined;
  /** The gateway's clock, milliseconds since the epoch, where it tells. */
  readonly serverTime: number | undefined;
}

/** A group as a run takes it up. */
export interface HeldGroup {
  /** All of its series. */
  readonly values: Values;
  /** Of the last push that succeeded, Unix seconds. */
  readonly pushTime: number;
}

/**
 * Reads the groups with these keys; of all others nothing is kept.
 * @throws PushError when the gateway cannot be read: nothing may then be pushed over old values
 */
export async function heldGroups(
  client: PushClient,
  keys: readonly GroupingKey[],
  signal: AbortSignal,
): Promise<HeldGroups<HeldGroup>> {
  return await readGroups(client, keys, signal, (group) => ({
    values: seriesOf(group),
    pushTime: group.pushTime,
  }));
}

/** @param families those to read, all by default */
async function readGroups<T>(
  client: PushClient,
  keys: readonly GroupingKey[],
  signal: AbortSignal,
  take: (group: Group) => T,
  families?: readonly string[],
): Promise<HeldGroups<T>> {
  const wanted = new Set(keys.map(keyId));
  const { groups, serverTime } = await client.pick(
    (key, read) => {
      const id = keyId(key);
      return wanted.has(id) ? ([id, take(read(families))] as const) : undefined;
    },
    { signal },
  );
  const held = new Map(groups);
  return { get: (key) => held.get(keyId(key)), serverTime };
}

export interface Ownership {
  readonly own: readonly JobSlot[];
  readonly lost: readonly Failure[];
}

/** Which of the slots' groups are still as this run pushed them last, by run id and job start. */
export async function ownership(
  client: PushClient,
  slots: readonly JobSlot[],
  runId: string,
  signal: AbortSignal,
): Promise<Ownership> {
  const keys = slots.map(({ key }) => key);
  const held = await readGroups(
    client,
    keys,
    signal,
    ({ families }) => ({
      runId: families.get(RUN_INFO)?.series[0]?.labels.run_id,
      start: numberIn(families.get(JOB_START)),
    }),
    [RUN_INFO, JOB_START],
  );
  const own: JobSlot[] = [];
  const lost: Failure[] = [];
  for (const slot of slots) {
    const group = held.get(slot.key);
    if (group?.runId === runId && slot.isOwnStart(group.start)) own.push(slot);
    else lost.push({ group: formatKey(slot.key), error: group ? TAKEN : GONE });
  }
  return { own, lost };
}

const TAKEN = 'at the end the group was no longer this run’s own: another run pushes it';
const GONE = 'at the end the group was no longer there: somebody deleted it';

function numberIn(family: Family | undefined): number | undefined {
  const [series] = family?.series ?? [];
  return series && 'value' in series ? series.value : undefined;
}

/** Deletes groups; a failure for each that could not be deleted. */
export async function deleteGroups(
  client: PushClient,
  slots: readonly JobSlot[],
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const failures = await Promise.all(
    slots.map(async ({ key }) => {
      try {
        await client.delete(key, { signal });
        return [];
      } catch (error) {
        return [{ group: formatKey(key), error: `not deleted: ${messageOf(error)}` }];
      }
    }),
  );
  return failures.flat();
}
