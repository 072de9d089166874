import type { Env } from '../env.js';
import { messageOf } from '../errors.js';
import { formatKey } from '../pushgateway/grouping-key.js';
import type { Crowd } from './crowd.js';
import { gaugesAtEnd } from './gauges.js';
import { nextTick, type Plan } from './plan.js';
import type { JobSlot } from './slot.js';

/** A group whose last state is not what the gateway holds, and why. */
export interface Failure {
  readonly group: string;
  readonly error: string;
}

export interface Played {
  /** Slots whose last state the gateway stored. */
  readonly stored: ReadonlySet<JobSlot>;
  /** Of the last push of every job. */
  readonly failures: readonly Failure[];
}

/**
 * Plays the crowd against the clock until the plan's end, or until `stop`: then to the moment that
 * the world's clock shows. After each tick every group is offered its new state; at the end of a
 * job, and of the run, it waits until the last one is stored or has finally failed.
 */
export async function play(
  { options, end = Number.POSITIVE_INFINITY }: Plan,
  crowd: Crowd,
  slots: readonly JobSlot[],
  clock: Pick<Env, 'monotonic' | 'sleep'>,
  stop: AbortSignal,
  onTick: () => void,
): Promise<Played> {
  const { start, speed, jobLifetime } = options;
  const zero = clock.monotonic();
  /** Seconds of world time that the clock shows. */
  const reached = () => ((clock.monotonic() - zero) / 1000) * speed;
  const failures: Failure[] = [];

  const endJobs = async () => {
    const stored = new Set<JobSlot>();
    const end = async (slot: JobSlot) => {
      const outcome = await slot.endJob(gaugesAtEnd(slot.service, crowd.gaugesOf(slot)));
      if (outcome?.error === undefined) stored.add(slot);
      else failures.push({ group: formatKey(slot.key), error: messageOf(outcome.error) });
    };
    await Promise.all(slots.map(end));
    return stored;
  };

  while (crowd.at < end && !stop.aborted) {
    const played = crowd.at - start;
    const next = nextTick(options, played, reached());
    await clock.sleep(Math.max(0, ((next - reached()) / speed) * 1000), stop);
    if (stop.aborted) {
      const now = Math.min(next, Math.floor(reached() + 1e-9));
      if (now > played) crowd.playTo(start + now);
      break;
    }
    crowd.playTo(start + nextTick(options, played, reached()));
    if (crowd.at >= end) break;
    if (jobLifetime !== undefined && (crowd.at - start) % jobLifetime === 0) {
      await endJobs();
      for (const slot of slots) slot.startJob();
    } else {
      for (const slot of slots) slot.push(crowd.gaugesOf(slot));
    }
    onTick();
  }
  return { stored: await endJobs(), failures };
}
