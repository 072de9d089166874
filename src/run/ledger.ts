import { messageOf } from '../errors.js';
import { createJobMetrics } from '../instruments/job-metrics.js';
import { layoutOf } from '../instruments/layout.js';
import type { Delivery, GroupDelivery, Ledger, Truth } from '../ledger/ledger.js';
import { incidentEntry, iso } from '../ledger/times.js';
import type { Service } from '../services/service.js';
import { idOf, touching } from '../world/dated.js';
import { pricesId } from '../world/prices.js';
import { recent } from '../world/recent.js';
import type { Total } from '../world/total.js';
import { WORLD_VERSION } from '../world/world.js';
import type { Plan, Slot } from './plan.js';
import type { JobSlot } from './slot.js';

/** What a slot's jobs did. */
export interface SlotTruth extends Slot {
  readonly everything: Total;
}

/** @param end world time reached, Unix seconds */
export function ledgerOf(
  plan: Plan,
  end: number,
  slots: readonly SlotTruth[],
  delivery: Delivery | null,
): Ledger {
  const { options } = plan;
  const truth: Truth = {
    world: WORLD_VERSION,
    seed: options.seed,
    start: iso(options.start * 1000),
    end: iso(end * 1000),
    options: {
      services: options.services.map(({ name }) => name),
      rate: options.rate,
      profile: options.profile,
      scenario: options.scenario ? idOf(options.scenario) : null,
      prices: pricesId(options.prices),
      jobs: options.jobs,
      shard: `${options.shard.index}/${options.shard.of}`,
    },
    incidents: incidentsOf(plan, end),
    services: Object.fromEntries(
      options.services.map(({ name }) => [
        name,
        slots
          .filter(({ service }) => service.name === name)
          .map(({ service, job, everything }) => ({
            job,
            increments: incrementsOf(service, everything),
          })),
      ]),
    ),
  };
  return { format: 'ragmon-ledger', version: 1, truth, delivery };
}

/** The incidents that the run saw until then, with the times that they took. */
export function incidentsOf({ options, incidents }: Plan, end: number): Truth['incidents'] {
  return touching(incidents, options.start, end).map(incidentEntry);
}

/** Metrics of a service that go on from nothing, to read totals with. */
const readerOf = recent((service: Service) => createJobMetrics(service), 64);

/** The increment of every counter and bucket of a service. */
export function incrementsOf(service: Service, total: Total): Record<string, number> {
  const metrics = readerOf(service);
  metrics.setTotal(total);
  const { counters } = layoutOf(service);
  return Object.fromEntries([...metrics.values()].filter(([id]) => counters.has(id)));
}

/** @param hung whether its job hung at the end of the run, so that nobody sent its last state */
export function groupDelivery(slot: JobSlot, stored: boolean, hung: boolean): GroupDelivery {
  const { stats } = slot.pusher;
  const { ok, retried, failed, overtaken, bytes, latencies } = stats;
  const [p50, p95, max] = [0.5, 0.95, 1].map((q) => latencies.quantile(q));
  return {
    service: slot.service.name,
    job: slot.job,
    key: { job: slot.key.job, ...slot.key.labels },
    existed: slot.existed,
    base: Object.fromEntries(slot.base),
    final: Object.fromEntries(slot.values()),
    stored,
    error: stored
      ? null
      : hung
        ? HUNG
        : stats.lastError === undefined
          ? null
          : messageOf(stats.lastError),
    pushes: { ok, retried, failed, overtaken, bytes },
    latency: ok === 0 ? null : { p50: p50!, p95: p95!, max: max! },
    firstPush: stats.firstOkAt === undefined ? null : iso(stats.firstOkAt),
    lastPush: stats.lastOkAt === undefined ? null : iso(stats.lastOkAt),
  };
}

const HUNG = 'the job hung at the end of the run, as the scenario has it';
