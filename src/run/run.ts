import type { StopSignal } from '../env.js';
import { messageOf } from '../errors.js';
import type { Delivery, Ledger } from '../ledger/ledger.js';
import type { Progress } from '../ui/progress.js';
import { VERSION } from '../version.js';
import { createWorld } from '../world/world.js';
import { createCrowd } from './crowd.js';
import { cleanUp, type Edge, warmUp } from './edges.js';
import { heldGroups, lostGroups, otherRunsOn } from './ground.js';
import { groupDelivery, iso, ledgerOf } from './ledger.js';
import type { Observer } from './observer.js';
import { infoOf, jobsInChain } from './plan.js';
import { type Failure, play } from './play.js';
import { createReport } from './report.js';
import { createJobSlot, type SlotContext } from './slot.js';

export interface RunContext extends Edge {
  readonly clock: SlotContext['clock'] & Edge['clock'];
  /** Aborted with a StopSignal as its reason: play to this moment, push the last state, end. */
  readonly stop: AbortSignal;
  /** Wall seconds that the last pushes may take after a stop. */
  readonly grace: number;
}

export interface RunResult {
  readonly ledger: Ledger & { readonly delivery: Delivery };
  readonly progress: Progress;
  readonly failures: readonly Failure[];
  readonly stoppedBy: StopSignal | undefined;
  /** Whether groups that were to be deleted are still there. */
  readonly leftBehind: boolean;
}

/**
 * Plays the plan's stretch of world time against the clock and pushes every slot's group after each
 * tick. Reads the gateway once at the start and once at the end.
 * @throws PushError when the gateway cannot be read at the start, or a new group not be pushed
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
  const held = await heldGroups(client, plan, stop);
  for (const line of otherRunsOn(held, plan, clock.now())) observer.note(line);
  const onOutcome = noteTroubles(observer);
  const info = infoOf(options);
  const slotContext = { plan, info, client, clock, signal: expired, onOutcome };
  const slots = plan.slots.map((slot) => createJobSlot(slotContext, slot, held.values(slot.key)));
  const report = createReport(plan, slots);
  await warmUp(context, slots);

  const worldStartedAt = clock.now();
  const crowd = createCrowd(plan, createWorld({ ...options, incidents }), slots);
  const played = await play(plan, crowd, slots, clock, stop, () =>
    observer.update(report(crowd.at)),
  );
  const stoppedBy = stop.aborted ? (stop.reason as StopSignal) : undefined;
  const lost = stoppedBy ? [] : await lostGroups(client, plan, played.stored, observer);
  const progress = report(crowd.at);
  observer.update(progress);
  const endedAt = clock.now();
  const cleanedUp = await cleanUp(context, slots);

  const delivery: Delivery = {
    ragmon: VERSION,
    runId: options.runId,
    gateway: client.url,
    counters: options.counters,
    jobsInChain: jobsInChain(options, crowd.at),
    interval: options.interval,
    speed: options.speed,
    startedAt: iso(startedAt),
    worldStartedAt: iso(worldStartedAt),
    endedAt: iso(endedAt),
    stoppedBy: stoppedBy ?? null,
    cleanedUp,
    groups: slots.map((slot) => groupDelivery(slot, played.stored.has(slot))),
  };
  const truths = slots.map((slot) => ({ ...slot, everything: slot.everything() }));
  return {
    ledger: { ...ledgerOf(plan, crowd.at, truths, delivery), delivery },
    progress,
    failures: [...played.failures, ...lost],
    stoppedBy,
    leftBehind: options.cleanupAfter !== undefined && !cleanedUp,
  };
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
