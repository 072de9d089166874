import type { Env } from '../env.js';
import { createJobMetrics, type JobMetrics } from '../instruments/job-metrics.js';
import { layoutOf } from '../instruments/layout.js';
import type { Values } from '../instruments/parts.js';
import {
  JOB_DURATION,
  JOB_LAST_SUCCESS,
  type JobTimes,
  type RunInfo,
  runText,
  runValues,
} from '../instruments/run-metrics.js';
import type { PushClient } from '../pushgateway/client.js';
import { createGroupPusher, type GroupPusher, type Outcome } from '../pushgateway/latest.js';
import type { Service } from '../services/service.js';
import { addTotal, emptyTotal, sumOfTotals, type Total } from '../world/total.js';
import type { Plan, Slot } from './plan.js';

/** The job that a slot runs now, what it did, and how its group is pushed. */
export interface JobSlot extends Slot {
  readonly pusher: GroupPusher;
  /** Whether the gateway held the group's counters before the run, and what the run's went on from. */
  readonly existed: boolean;
  readonly base: Values;
  /** What the present job did; tallies are added here. */
  total(): Total;
  /** What all jobs of the slot did. */
  everything(): Total;
  /** Offers the state before the first tick: zeros, or what the counters go on from. */
  pushStart(gauges?: readonly number[]): void;
  /** Offers the state after a tick. */
  push(gauges: readonly number[]): void;
  /**
   * Offers the last state of the job, and waits until it is stored or has finally failed. Only a
   * `success`, a job that did anything at all, is said to have ended well.
   */
  endJob(gauges: readonly number[], success: boolean): Promise<Outcome | undefined>;
  /** Waits for what was sent, and takes the last state of a job that hangs, which nobody sends. */
  hang(gauges: readonly number[]): Promise<void>;
  startJob(): void;
  /**
   * Whether a group that says its job started then, Unix seconds, may be as this slot pushed it: the
   * present job's start, or that of the job before it, while the present one has not been pushed.
   */
  isOwnStart(start: number | undefined): boolean;
  /** All series of the group as they were last offered. */
  values(): Map<string, number>;
}

export interface SlotContext {
  readonly plan: Plan;
  readonly info: RunInfo;
  readonly client: Pick<PushClient, 'put'>;
  readonly clock: Pick<Env, 'now' | 'monotonic'>;
  readonly signal: AbortSignal;
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * @param held what the gateway holds of the group; undefined when it holds no such group
 * @param gap what the service did between the end of a history, which the counters go on from, and
 *   the start of the run
 */
export function createJobSlot(
  { plan, info, client, clock, signal, onOutcome }: SlotContext,
  slot: Slot,
  held: Values | undefined,
  gap: Total | undefined,
): JobSlot {
  const { service } = slot;
  const { counters, continued } = plan.options;
  const carried = continued?.final[service.name] ?? (counters === 'carry' ? held : undefined);
  const from: Values = carried ?? new Map();
  const done = emptyTotal(service.model);
  let total = emptyTotal(service.model);
  let metrics: JobMetrics = createJobMetrics(service, from);
  if (gap) metrics.setTotal(gap);
  const base = countersOf(service, gap ? metrics.values() : from);
  let startedAt = clock.monotonic();
  let previousStart: number | undefined;
  let times: JobTimes = {
    start: clock.now() / 1000,
    ...timeOf('lastSuccess', held?.get(JOB_LAST_SUCCESS)),
    ...timeOf('duration', held?.get(JOB_DURATION)),
  };
  const pusher = createGroupPusher(client, slot.key, { clock, signal, onOutcome });
  // Rendered when its turn comes: whatever is sent is the newest state.
  const body = () => `${metrics.text()}\n${runText(info, times)}`;
  const show = (gauges: readonly number[]) => {
    // The gap and the run in one: so the sums of doubles, too, are a function of time alone.
    metrics.setTotal(gap ? sumOfTotals(service.model, [gap, total]) : total);
    metrics.setGauges(gauges);
  };
  return {
    ...slot,
    pusher,
    existed: held !== undefined && countersOf(service, held).size > 0,
    base,
    total: () => total,
    everything: () => sumOfTotals(service.model, [done, total]),
    pushStart: (gauges) => {
      if (gauges) metrics.setGauges(gauges);
      pusher.offer(body);
    },
    push: (gauges) => {
      show(gauges);
      pusher.offer(body);
    },
    endJob: (gauges, success) => {
      show(gauges);
      const duration = (clock.monotonic() - startedAt) / 1000;
      if (success) times = { ...times, lastSuccess: clock.now() / 1000, duration };
      pusher.offer(body);
      return pusher.flush();
    },
    hang: async (gauges) => {
      // Waits first: what is sent is always the newest state.
      await pusher.flush();
      show(gauges);
    },
    startJob: () => {
      previousStart = times.start;
      times = { ...times, start: clock.now() / 1000 };
      startedAt = clock.monotonic();
      if (counters !== 'fresh') return;
      addTotal(done, total);
      total = emptyTotal(service.model);
      metrics = createJobMetrics(service);
    },
    isOwnStart: (start) =>
      start !== undefined && (start === times.start || start === previousStart),
    values: () => new Map([...metrics.values(), ...runValues(info, times)]),
  };
}

function timeOf<K extends string>(name: K, value: number | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: number };
}

/** The counters and buckets among a group's values. */
function countersOf(service: Service, values: Values): Values {
  const { counters } = layoutOf(service);
  return new Map([...values].filter(([id]) => counters.has(id)));
}
