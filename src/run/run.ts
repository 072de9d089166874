import type { Env, StopSignal } from '../env.js';
import { messageOf } from '../errors.js';
import type { Delivery, Ledger } from '../ledger/ledger.js';
import { iso } from '../ledger/times.js';
import type { PushClient } from '../pushgateway/client.js';
import { formatKey } from '../pushgateway/grouping-key.js';
import type { Progress } from '../ui/progress.js';
import { VERSION } from '../version.js';
import { MINUTE } from '../world/time.js';
import { createWorld } from '../world/world.js';
import { catchUp, checkHistory, type Gap } from './catch-up.js';
import { deleteGroups, heldGroups, type Ownership, ownership } from './groups.js';
import { leftAlone, otherRunsOn } from './in-use.js';
import { createJobs } from './jobs.js';
import { groupDelivery, ledgerOf } from './ledger.js';
import type { Observer } from './observer.js';
import { infoOf, jobsInChain, type Plan } from './plan.js';
import { type Failure, play } from './play.js';
import { createReport } from './report.js';
import { createJobSlot, type JobSlot, type SlotContext } from './slot.js';
import { warmUp } from './warm-up.js';

export interface RunContext {
  readonly plan: Plan;
  readonly client: PushClient;
  readonly clock: Pick<Env, 'now' | 'monotonic' | 'sleep'>;
  readonly observer: Observer;
  /** Aborted: play to this moment, push the last state, end. Its reason may be a StopSignal. */
  readonly stop: AbortSignal;
  /** Wall seconds that everything may take after a stop. */
  readonly grace: number;
  /** Whether the gateway runs in this process. */
  readonly embedded: boolean;
}

export interface RunResult {
  /** World time reached, Unix seconds. */
  readonly end: number;
  /** Made when it is asked for: with many jobs it is large. */
  ledger(): Ledger;
  readonly progress: Progress;
  /** Groups that are not as the run should leave them. */
  readonly failures: readonly Failure[];
  readonly stoppedBy: StopReason | undefined;
}

/** What ended a run before its time; `abort` for any reason but a signal to this process. */
export type StopReason = StopSignal | 'abort';

/**
 * Plays the plan's stretch of world time against the clock and pushes every slot's group after each
 * tick. Reads the gateway once at the start and once at the end.
 * @throws PushError when the gateway cannot be read at the start, or a new group not be pushed
 * @throws RagmonError when a group cannot be of the history that the run goes on from, or another
 *   run pushes it
 * @throws the reason of `stop`, when that aborts before anything is pushed
 */
export async function runPlan(context: RunContext): Promise<RunResult> {
  const { clock, stop, grace } = context;
  const pushing = new AbortController();
  const over = new AbortController();
  const expire = async () => {
    await clock.sleep(grace * 1000, over.signal);
    pushing.abort();
  };
  stop.addEventListener('abort', () => void expire(), { once: true, signal: over.signal });
  if (stop.aborted) void expire();
  try {
    return await runUntil(context, pushing.signal);
  } finally {
    over.abort();
  }
}

/** @param expired ends the pushes that are still under way */
async function runUntil(context: RunContext, expired: AbortSignal): Promise<RunResult> {
  const { plan, client, clock, observer, stop } = context;
  const { options, incidents } = plan;
  const startedAt = clock.now();
  let begun = false;
  const noteTrouble = noteTroubles(observer);
  const world = createWorld({ ...options, incidents });
  const gap = options.continued
    ? await catchUp(world, options, options.continued, clock, observer, stop)
    : undefined;
  const slots = await takeUp(context, expired, gap, (outcome) => {
    // Before its world begins a run ends with the error itself.
    if (begun) noteTrouble(outcome);
  });
  const report = createReport(plan, slots);
  const jobs = createJobs(plan, world, slots);
  await warmUp(options, slots, jobs.gaugesOf, clock, observer, stop);
  begun = true;
  for (const { scenario, from, to } of plan.hangs) {
    const times = [from, to].map((minute) => iso(minute * MINUTE * 1000)).join(' to ');
    observer.note(`the first job of each service hangs from ${times}, as ${scenario} has it`);
  }

  const worldStartedAt = clock.now();
  let lost: readonly Failure[] | undefined;
  const { stored, hung, failures } = await play(plan, jobs, slots, clock, stop, {
    onTick: () => observer.update(report(jobs.at)),
    beforeLast: async () => {
      // The last push would hide that another run pushes the group as well. A gateway that is in
      // trouble is not asked now: the last state comes first.
      const calm = slots.every(({ pusher: { stats } }) => stats.ok > 0 && stats.failed === 0);
      if (calm) lost = (await look(context, slots, expired))?.lost;
    },
  });
  const endedAt = clock.now();
  const progress = report(jobs.at);
  observer.update(progress);
  const left = await leave(context, [...stored, ...hung], expired, lost);
  const stoppedBy = stop.aborted ? stopReason(stop) : undefined;

  const delivery = (): Delivery => ({
    ragmon: VERSION,
    runId: options.runId,
    gateway: client.url,
    embedded: context.embedded,
    counters: options.counters,
    ...(options.continued ? { continued: iso(options.continued.end * 1000) } : {}),
    jobsInChain: jobsInChain(options, jobs.at),
    interval: options.interval,
    speed: options.speed,
    startedAt: iso(startedAt),
    worldStartedAt: iso(worldStartedAt),
    endedAt: iso(endedAt),
    stoppedBy: stoppedBy ?? null,
    cleanedUp: left.cleanedUp,
    groups: slots.map((slot) => groupDelivery(slot, stored.has(slot), hung.has(slot))),
  });
  return {
    end: jobs.at,
    ledger: () => {
      const truths = slots.map((slot) => ({ ...slot, everything: slot.everything() }));
      return ledgerOf(plan, jobs.at, truths, delivery());
    },
    progress,
    failures: [...failures, ...left.failures],
    stoppedBy,
  };
}

/** Reads what the gateway holds and makes the slots that go on from it. */
async function takeUp(
  { plan, client, clock, observer, stop }: RunContext,
  signal: AbortSignal,
  gap: Gap | undefined,
  onOutcome: SlotContext['onOutcome'],
): Promise<readonly JobSlot[]> {
  const keys = plan.slots.map(({ key }) => key);
  const read = () =>
    heldGroups(client, keys, stop).catch((error: unknown) => {
      stop.throwIfAborted();
      throw error;
    });
  let held = await read();
  if (plan.options.continued) held = await leftAlone(held, read, plan, clock, observer, stop);
  else for (const line of otherRunsOn(held, plan, clock.now())) observer.note(line);
  const info = infoOf(plan.options);
  const slots = plan.slots.map((slot) =>
    createJobSlot(
      { plan, info, client, clock, signal, onOutcome },
      slot,
      held.get(slot.key)?.values,
      gap?.get(slot.service),
    ),
  );
  const { continued } = plan.options;
  if (continued) checkHistory(slots, continued, ({ key }) => held.get(key)?.values);
  return slots;
}

/** Which groups are still the run's own; undefined, and a note, when that cannot be known. */
async function look(
  { plan: { options }, client, observer }: RunContext,
  slots: readonly JobSlot[],
  signal: AbortSignal,
): Promise<Ownership | undefined> {
  try {
    return await ownership(client, slots, options.runId, signal);
  } catch (error) {
    observer.note(`whether the groups are still this run’s own is not known: ${messageOf(error)}`);
    return undefined;
  }
}

/**
 * What is left to do after the last push: see whether the groups are the run's own, where that was
 * not done before, and delete them if that was asked for.
 */
async function leave(
  context: RunContext,
  slots: readonly JobSlot[],
  signal: AbortSignal,
  lost: readonly Failure[] | undefined,
): Promise<{ cleanedUp: boolean; failures: readonly Failure[] }> {
  const { plan, client, clock, observer, stop } = context;
  const { cleanupAfter } = plan.options;
  if (slots.length === 0 || (lost && cleanupAfter === undefined)) {
    return { cleanedUp: false, failures: lost ?? [] };
  }
  if (cleanupAfter) {
    observer.note(`the groups stay for ${cleanupAfter}s, then they are deleted`);
    await clock.sleep(cleanupAfter * 1000, stop);
  }
  // The look comes right before the deletion: what another run pushes by now is not ours.
  const seen = await look(context, slots, signal);
  if (cleanupAfter === undefined) return { cleanedUp: false, failures: seen?.lost ?? [] };
  if (!seen) {
    const error = 'not deleted: it may be another run’s by now';
    const failures = slots.map(({ key }) => ({ group: formatKey(key), error }));
    return { cleanedUp: false, failures };
  }
  const failures = [...seen.lost, ...(await deleteGroups(client, seen.own, signal))];
  return { cleanedUp: failures.length === 0, failures };
}

function stopReason({ reason }: AbortSignal): StopReason {
  return reason === 'SIGINT' || reason === 'SIGTERM' ? reason : 'abort';
}

/** One line for each kind of trouble: a gateway that is down fails every group alike. */
function noteTroubles(observer: Observer): SlotContext['onOutcome'] {
  const noted = new Set<string>();
  return ({ error }) => {
    if (error === undefined) return;
    const text = messageOf(error);
    const kind = text.replace(/\{.*\}/, '').replace(/[\d.]+/g, '');
    if (noted.has(kind)) return;
    noted.add(kind);
    observer.note(text);
  };
}
