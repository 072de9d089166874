import type { Env } from '../env.js';
import { RagmonError } from '../errors.js';
import type { Values } from '../instruments/parts.js';
import { formatKey } from '../pushgateway/grouping-key.js';
import type { Service } from '../services/service.js';
import { duration } from '../ui/format.js';
import { MINUTE } from '../world/time.js';
import { addStretch, emptyTotal, type Total } from '../world/total.js';
import type { World } from '../world/world.js';
import type { Observer } from './observer.js';
import type { Continued, RunOptions } from './plan.js';
import type { JobSlot } from './slot.js';

/** By service: what it did from the end of the history to the start of the run. */
export type Gap = ReadonlyMap<Service, Total>;

/**
 * Plays a world from the end of the history to the start of the run. Buckets are drawn by the
 * minute: nothing coarser is exact. Signals get their turn, and whoever waits for it is told.
 * @throws the signal's reason when that aborts
 */
export async function catchUp(
  world: World,
  { services, start }: Pick<RunOptions, 'services' | 'start'>,
  { end }: Continued,
  clock: Pick<Env, 'monotonic' | 'sleep'>,
  observer: Pick<Observer, 'note'>,
  stop: AbortSignal,
): Promise<Gap> {
  const began = clock.monotonic();
  let told = false;
  const gap = new Map(services.map((service) => [service, emptyTotal(service.model)]));
  for (let at = end; at < start; ) {
    // A minute at a time: the world remembers the latest only, and the services share them.
    const next = Math.min(start, (Math.floor(at / MINUTE) + 1) * MINUTE);
    for (const [{ model }, total] of gap) addStretch(world, model, at, next, [total]);
    at = next;
    if (at % (60 * MINUTE) !== 0) continue;
    if (!told && clock.monotonic() - began > 1000) {
      told = true;
      observer.note(`catching up with the ${duration(start - end)} since the history ended`);
    }
    await clock.sleep(0);
    stop.throwIfAborted();
  }
  return gap;
}

/**
 * Continued counters are a function of time, so a group that goes on with them holds no less than they
 * were at the end of the history, and no more than they come to at the start. Any other is of another
 * world: for Prometheus the difference would be growth.
 * @throws RagmonError naming such a group
 */
export function checkHistory(
  slots: readonly JobSlot[],
  { final }: Continued,
  held: (slot: JobSlot) => Values | undefined,
): void {
  for (const slot of slots) {
    const values = held(slot);
    if (values === undefined || !slot.existed) continue;
    for (const [id, value] of slot.base) {
      const there = values.get(id) ?? 0;
      const least = final[slot.service.name]?.get(id) ?? 0;
      if (least <= there && there <= value) continue;
      const bound =
        there < least
          ? `which was ${least} when that ended`
          : `which comes to ${value} at the start`;
      throw new RagmonError(
        `${formatKey(slot.key)} is not of this history: it holds ${there} of ${id}, ${bound}`,
        { hint: there < least ? ANOTHER : AHEAD },
      );
    }
  }
}

const ANOTHER =
  'another run pushed it: write the history for another --instance, or delete the group first ' +
  '(alerts see a jump where they still look back at it)';
const AHEAD = 'another run pushed it, or one that was ahead of time: delete the group first';
