import type { Env } from '../env.js';
import { messageOf } from '../errors.js';
import { gaugesAtEnd } from '../instruments/gauges.js';
import { formatKey } from '../pushgateway/grouping-key.js';
import { hangsAt } from './incidents.js';
import type { Jobs } from './jobs.js';
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
  /** Slots whose job hangs at the end, as the scenario has it: their last state was never sent. */
  readonly hung: ReadonlySet<JobSlot>;
  /** Of the last push of a job, where no later push of its group made it good. */
  readonly failures: readonly Failure[];
}

/**
 * Plays the jobs against the clock until the plan's end, or until `stop`: then to the moment that
 * the world's clock shows. After each tick every group is offered its new state; at the end of a
 * job, and of the run, it waits until the last one is stored or has finally failed; of a job that hangs
 * nothing is sent. `beforeLast` is called when there is one push left to make.
 */
export async function play(
  { options, hangs, end = Number.POSITIVE_INFINITY }: Plan,
  jobs: Jobs,
  slots: readonly JobSlot[],
  clock: Pick<Env, 'monotonic' | 'sleep'>,
  stop: AbortSignal,
  { onTick, beforeLast }: { onTick: () => void; beforeLast: () => Promise<void> },
): Promise<Played> {
  const { start, speed, jobLifetime, counters } = options;
  const zero = clock.monotonic();
  /** Seconds of world time that the clock shows. */
  const reached = () => ((clock.monotonic() - zero) / 1000) * speed;
  const failures = new Map<JobSlot, Failure>();
  const hanging = () => slots.filter((slot) => hangsAt(hangs, slot, jobs.at));
  const working = () => slots.filter((slot) => !hangsAt(hangs, slot, jobs.at));

  const endJobs = async () => {
    const stored = new Set<JobSlot>();
    const end = async (slot: JobSlot) => {
      const gauges = gaugesAtEnd(slot.service, jobs.gaugesOf(slot));
      const outcome = await slot.endJob(gauges, jobs.at > start);
      if (outcome?.error === undefined) {
        stored.add(slot);
        // The next job goes on from this one's counters, and carries what it could not push.
        if (counters !== 'fresh') failures.delete(slot);
      } else {
        failures.set(slot, { group: formatKey(slot.key), error: messageOf(outcome.error) });
      }
    };
    await Promise.all(working().map(end));
    return stored;
  };

  while (jobs.at < end && !stop.aborted) {
    const played = jobs.at - start;
    const next = nextTick(options, played, reached());
    await clock.sleep(Math.max(0, ((next - reached()) / speed) * 1000), stop);
    const to = stop.aborted
      ? Math.min(next, Math.max(played, Math.floor(reached() + 1e-9)))
      : nextTick(options, played, reached());
    await jobs.playTo(start + to, clock, stop);
    if (stop.aborted || jobs.at >= end) break;
    if (jobLifetime !== undefined && to % jobLifetime === 0) {
      await endJobs();
      for (const slot of working()) slot.startJob();
    } else {
      for (const slot of working()) slot.push(jobs.gaugesOf(slot));
    }
    onTick();
  }
  await beforeLast();
  const hung = new Set(hanging());
  await Promise.all([...hung].map((slot) => slot.hang(jobs.gaugesOf(slot))));
  return { stored: await endJobs(), hung, failures: [...failures.values()] };
}
