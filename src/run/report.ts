import type { Progress, ServiceProgress } from '../ui/progress.js';
import { MINUTE } from '../world/time.js';
import { addTotal, emptyTotal } from '../world/total.js';
import { overviewOf } from './overview.js';
import type { Plan } from './plan.js';
import type { JobSlot } from './slot.js';

/** Rates of this many ticks are kept for the sparkline. */
const HISTORY = 60;

/** What the run looks like at the end of a tick; a call at a later instant moves the rates on. */
export function createReport(plan: Plan, slots: readonly JobSlot[]) {
  const { options, incidents } = plan;
  const services = options.services
    .map((service) => ({
      service,
      own: slots.filter((slot) => slot.service === service),
      rates: [] as number[],
      before: { at: options.start, requests: 0 },
    }))
    .filter(({ own }) => own.length > 0);

  return (at: number): Progress => {
    const minute = Math.floor(Math.max(options.start, at - 1) / MINUTE);
    return {
      elapsed: at - options.start,
      duration: options.duration,
      speed: options.speed,
      worldTime: at * 1000,
      incidents: incidents
        .filter(({ from, to }) => from <= minute && minute < to)
        .map(({ name }) => name),
      services: services.map((entry): ServiceProgress => {
        const { service, own, rates, before } = entry;
        const overview = overviewOf(service);
        const total = emptyTotal(service.model);
        for (const slot of own) addTotal(total, slot.everything());
        const requests = overview.requests(total);
        if (at > before.at) {
          rates.push((requests - before.requests) / (at - before.at));
          if (rates.length > HISTORY) rates.shift();
          entry.before = { at, requests };
        }
        const pushes = { ok: 0, failed: 0, retried: 0, overtaken: 0 };
        for (const { pusher } of own) {
          pushes.ok += pusher.stats.ok;
          pushes.failed += pusher.stats.failed;
          pushes.retried += pusher.stats.retried;
          pushes.overtaken += pusher.stats.overtaken;
        }
        return {
          name: service.name,
          jobs: own.length,
          requests,
          errors: overview.errors(total),
          cost: overview.cost(total),
          rate: rates.at(-1) ?? 0,
          p95: overview.p95(total),
          rates: [...rates],
          pushes,
        };
      }),
    };
  };
}
