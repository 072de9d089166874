import type { Env } from '../env.js';
import { gaugesAt } from '../instruments/gauges.js';
import { DAY } from '../world/time.js';
import { addStretch, emptyTotal } from '../world/total.js';
import type { World } from '../world/world.js';
import type { Plan } from './plan.js';
import type { JobSlot } from './slot.js';

/** The jobs of all services, played through world time together. */
export interface Jobs {
  /** World time reached, Unix seconds. */
  readonly at: number;
  /**
   * Adds what happens until then to the totals of every slot. A long stretch is played a day at a
   * time, so that pushes and signals get their turn; at a stop it ends after that day.
   */
  playTo(second: number, clock: Pick<Env, 'sleep'>, stop: AbortSignal): Promise<void>;
  /** The slot's gauges at the instant reached. */
  gaugesOf(slot: JobSlot): readonly number[];
}

export function createJobs({ options }: Plan, world: World, slots: readonly JobSlot[]): Jobs {
  const { services, jobs, start } = options;
  const crews = services.map((service) => {
    const byJob: (JobSlot | undefined)[] = Array.from({ length: jobs });
    for (const slot of slots) if (slot.service === service) byJob[slot.job] = slot;
    // Jobs of other shards share the traffic too; what they did counts elsewhere.
    const elsewhere = emptyTotal(service.model);
    return { service, byJob, elsewhere, gauges: gaugesAt(world, service, start + 1, jobs) };
  });
  let at = start;
  return {
    get at() {
      return at;
    },
    playTo: async (second, clock, stop) => {
      while (at < second && !(stop.aborted && second - at > DAY)) {
        const to = Math.min(second, at + DAY);
        for (const { service, byJob, elsewhere } of crews) {
          const totals = byJob.map((slot) => slot?.total() ?? elsewhere);
          addStretch(world, service.model, at, to, totals);
        }
        at = to;
        if (at < second) await clock.sleep(0);
      }
      for (const crew of crews) crew.gauges = gaugesAt(world, crew.service, at, jobs);
    },
    gaugesOf: (slot) => crews.find(({ service }) => service === slot.service)!.gauges[slot.job]!,
  };
}
