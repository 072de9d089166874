import type { Env, StopSignal } from '../env.js';
import { messageOf } from '../errors.js';
import type { Delivery, Ledger } from '../ledger/ledger.js';
import type { PushClient } from '../pushgateway/client.js';
import { formatKey } from '../pushgateway/grouping-key.js';
import type { Progress } from '../ui/progress.js';
import { VERSION } from '../version.js';
import { addStretch, emptyTotal, type Total } from '../world/total.js';
import { createWorld } from '../world/world.js';
import { gaugesAt, gaugesAtEnd } from './gauges.js';
import { heldGroups, lostGroups, otherRunsOn } from './ground.js';
import { groupDelivery, iso, ledgerOf } from './ledger.js';
import type { Observer } from './observer.js';
import { nextTick, type Plan } from './plan.js';
import { createReport } from './report.js';
import { createJobSlot, type JobSlot } from './slot.js';

export interface RunContext {
  readonly plan: Plan;
  readonly client: PushClient;
  readonly clock: Pick<Env, 'now' | 'monotonic' | 'sleep'>;
  readonly observer: Observer;
  /** Aborted with a StopSignal as its reason: play to this moment, push the last state, end. */
  readonly stop: AbortSignal;
  /** Wall seconds that the last pushes may take after a stop. */
  readonly grace: number;
}

export interface Failure {
  readonly group: string;
  readonly error: string;
}

export interface RunResult {
  readonly ledger: Ledger & { readonly delivery: Delivery };
  readonly progress: Progress;
  /** Groups whose last state is not what the gateway holds, and why. */
  readonly failures: readonly Failure[];
  readonly stoppedBy: StopSignal | undefined;
}

/**
 * Plays the plan's stretch of world time against the clock and pushes every slot's group after each
 * tick. Reads the gateway once at the start and once at the end.
 * @throws PushError when the gateway cannot be read at the start, or a new group not be pushed
 */
export async function runPlan(context: RunContext): Promise<RunResult> {
  const { plan, client, clock, observer, stop } = context;
  const { options, incidents } = plan;
  const startedAt = clock.now();
  const pushing = new AbortController();
  const world = createWorld({ ...options, incidents });
  const held = await heldGroups(client, plan);
  for (const line of otherRunsOn(held, plan, clock.now())) observer.note(line);

  const noted = new Set<string>();
  const info = {
    version: VERSION,
    run_id: options.runId,
    seed: options.seed,
    scenario: options.scenario?.name ?? 'none',
  };
  const slots = plan.slots.map((slot) =>
    createJobSlot(
      {
        plan,
        info,
        client,
        clock,
        signal: pushing.signal,
        onOutcome: (_, { error }) => {
          const text = error === undefined ? '' : messageOf(error);
          // One line for each kind of trouble: a gateway that is down fails every group alike.
          const kind = text.replace(/\{.*\}/, '');
          if (text === '' || noted.has(kind)) return;
          noted.add(kind);
          observer.note(text);
        },
      },
      slot,
      held.values(slot.key),
    ),
  );
  const report = createReport(plan, slots);

  await warmUp(context, slots);

  const worldStartedAt = clock.now();
  const zero = clock.monotonic();
  const end = plan.end ?? Number.POSITIVE_INFINITY;
  const reached = () => ((clock.monotonic() - zero) / 1000) * options.speed;
  /** Totals of all jobs of each service; those of other shards' jobs are nobody's. */
  const crowds = options.services.map((service) => {
    const own = slots.filter((slot) => slot.service === service);
    const strangers = Array.from({ length: options.jobs }, () => emptyTotal(service.model));
    const totals = (): Total[] =>
      strangers.map((stranger, job) => own.find((slot) => slot.job === job)?.total() ?? stranger);
    return { service, own, totals, gauges: [] as readonly (readonly number[])[] };
  });

  let at = options.start;
  const playTo = (second: number) => {
    for (const crowd of crowds) {
      addStretch(world, crowd.service.model, at, second, crowd.totals());
      crowd.gauges = gaugesAt(world, crowd.service, second, options.jobs);
    }
    at = second;
    if (at < end) observer.update(report(at));
  };
  const failures: Failure[] = [];
  const endJobs = async () => {
    const outcomes = await Promise.all(
      crowds.flatMap(({ service, own, gauges }) =>
        own.map(async (slot) => {
          const last =
            gauges[slot.job] ?? gaugesAt(world, service, at + 1, options.jobs)[slot.job]!;
          return { slot, outcome: await slot.endJob(gaugesAtEnd(service, last)) };
        }),
      ),
    );
    for (const { slot, outcome } of outcomes) {
      if (outcome?.error === undefined) continue;
      failures.push({ group: formatKey(slot.key), error: messageOf(outcome.error) });
    }
    return new Set(outcomes.filter(({ outcome }) => outcome?.receipt).map(({ slot }) => slot));
  };

  let stored = new Set<JobSlot>();
  while (at < end && !stop.aborted) {
    const played = at - options.start;
    const next = nextTick(options, played, reached());
    await clock.sleep(Math.max(0, ((next - reached()) / options.speed) * 1000), stop);
    if (stop.aborted) {
      // What the world's clock shows now is what is pushed last.
      const now = Math.min(end, options.start + Math.floor(reached() + 1e-9));
      if (now > at) playTo(now);
      break;
    }
    playTo(options.start + nextTick(options, played, reached()));
    const boundary =
      options.jobLifetime !== undefined && (at - options.start) % options.jobLifetime === 0;
    if (boundary && at < end) {
      await endJobs();
      for (const slot of slots) slot.startJob();
    } else if (at < end) {
      for (const { own, gauges } of crowds) for (const slot of own) slot.push(gauges[slot.job]!);
    }
  }

  const limit = setTimer(clock, stop.aborted ? context.grace : undefined, () => pushing.abort());
  stored = await endJobs();
  limit.abort();
  const stoppedBy = stop.aborted ? (stop.reason as StopSignal) : undefined;
  const stolen = stoppedBy ? [] : await lostGroups(client, plan, observer);
  for (const group of stolen) {
    failures.push({ group, error: 'at the end the group was no longer this run’s own' });
  }
  const progress = report(at);
  observer.update(progress);
  const endedAt = clock.now();
  const cleanedUp = await cleanUp(context, slots);

  const delivery: Delivery = {
    ragmon: VERSION,
    runId: options.runId,
    gateway: client.url,
    counters: options.counters,
    jobsInChain: chainLength(plan, at),
    interval: options.interval,
    speed: options.speed,
    startedAt: iso(startedAt),
    worldStartedAt: iso(worldStartedAt),
    endedAt: iso(endedAt),
    stoppedBy: stoppedBy ?? null,
    cleanedUp,
    groups: slots.map((slot) => groupDelivery(slot, stored.has(slot))),
  };
  const truths = slots.map((slot) => ({ ...slot, everything: slot.everything() }));
  return {
    ledger: { ...ledgerOf(plan, at, truths, delivery), delivery },
    progress,
    failures,
    stoppedBy,
  };
}

/**
 * New groups are pushed at zero and held for one scrape interval, counted from the answer: a series
 * whose first scraped value is not zero has lost that much for `increase()`.
 */
async function warmUp({ plan, clock, observer, stop }: RunContext, slots: readonly JobSlot[]) {
  const { warmup, scrapeInterval } = plan.options;
  const hold = warmup ?? scrapeInterval;
  const fresh = slots.filter(({ existed }) => !existed);
  if (hold === 0 || fresh.length === 0) return;
  const outcomes = await Promise.all(
    fresh.map((slot) => {
      slot.push(slot.service.instruments.flatMap(zeroGauges));
      return slot.pusher.flush();
    }),
  );
  const failed = outcomes.find((outcome) => outcome?.error !== undefined);
  if (failed) throw failed.error;
  const what = fresh.length === 1 ? '1 new group' : `${fresh.length} new groups`;
  observer.note(`${what} at zero: held for ${hold}s so that Prometheus sees it (--warmup 0 skips)`);
  await clock.sleep(hold * 1000, stop);
}

function zeroGauges({ kind, series }: JobSlot['service']['instruments'][number]): number[] {
  return kind === 'gauge' ? series.map(() => 0) : [];
}

/** Deletes the run's own groups; true when all are gone. */
async function cleanUp(
  { plan, client, clock, stop, observer }: RunContext,
  slots: readonly JobSlot[],
) {
  const { cleanupAfter } = plan.options;
  if (cleanupAfter === undefined) return false;
  await clock.sleep(cleanupAfter * 1000, stop);
  const results = await Promise.allSettled(slots.map(({ key }) => client.delete(key)));
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed.slice(0, 1)) {
    observer.note(`${failed.length} groups could not be deleted: ${messageOf(reason)}`);
  }
  return failed.length === 0;
}

function chainLength({ options }: Plan, at: number): number {
  const { jobLifetime, start } = options;
  return jobLifetime === undefined ? 1 : Math.max(1, Math.ceil((at - start) / jobLifetime));
}

/** Calls `expire` after `seconds` unless it is aborted before. */
function setTimer(
  clock: Pick<Env, 'sleep'>,
  seconds: number | undefined,
  expire: () => void,
): AbortController {
  const cancel = new AbortController();
  if (seconds === undefined) return cancel;
  void clock.sleep(seconds * 1000, cancel.signal).then(() => {
    if (!cancel.signal.aborted) expire();
  });
  return cancel;
}
