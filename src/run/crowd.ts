import { addStretch, emptyTotal } from '../world/total.js';
import type { World } from '../world/world.js';
import { gaugesAt } from './gauges.js';
import type { Plan } from './plan.js';
import type { JobSlot } from './slot.js';

/** The jobs of all services, played through world time together. */
export interface Crowd {
  /** World time reached, Unix seconds. */
  readonly at: number;
  /** Adds what happened until then to the totals of every slot. */
  playTo(second: number): void;
  /** The slot's gauges at the instant reached. */
  gaugesOf(slot: JobSlot): readonly number[];
}

export function createCrowd({ options }: Plan, world: World, slots: readonly JobSlot[]): Crowd {
  const { services, jobs, start } = options;
  const groups = services.map((service) => {
    const byJob: (JobSlot | undefined)[] = Array.from({ length: jobs });
    for (const slot of slots) if (slot.service === service) byJob[slot.job] = slot;
    // Jobs of other shards share the traffic too; what they did is nobody's here.
    const stranger = emptyTotal(service.model);
    return { service, byJob, stranger, gauges: [] as readonly (readonly number[])[] };
  });
  let at = start;
  const look = () => {
    for (const group of groups) group.gauges = gaugesAt(world, group.service, at + 1, jobs);
  };
  look();
  return {
    get at() {
      return at;
    },
    playTo: (second) => {
      for (const group of groups) {
        const totals = group.byJob.map((slot) => slot?.total() ?? group.stranger);
        addStretch(world, group.service.model, at, second, totals);
        group.gauges = gaugesAt(world, group.service, second, jobs);
      }
      at = second;
    },
    gaugesOf: (slot) => groups.find(({ service }) => service === slot.service)!.gauges[slot.job]!,
  };
}
