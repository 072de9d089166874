import type { Service } from '../services/service.js';
import { MINUTE } from '../world/time.js';
import type { World } from '../world/world.js';
import { gaugeSeries } from './layout.js';

/**
 * The gauges of a service at the end of a tick, by job. What is in progress is a Poisson number
 * (the stationary law of an M/G/∞ system) around the minute's mean, shared out over the jobs; the
 * other gauges are the same in every job.
 * @param second world time; the gauges are those of the minute that it ends or stands in
 */
export function gaugesAt(world: World, service: Service, second: number, jobs: number) {
  const index = Math.floor((second - 1) / MINUTE);
  const at = {
    minute: world.minute(index),
    tally: world.tally(service.model, index),
    storedBytes: world.storedBytes(second),
  };
  const gauges = Array.from({ length: jobs }, (): number[] => []);
  for (const { gauge, read } of gaugeSeries(service)) {
    const value = read(at);
    const shares =
      gauge.split === 'additive' ? world.inProgress(service.model, second, value, jobs) : [];
    for (let job = 0; job < jobs; job++) gauges[job]!.push(shares[job] ?? value);
  }
  return gauges;
}

/** The gauges of a job that has ended: nothing is in progress any more. */
export function gaugesAtEnd(service: Service, gauges: readonly number[]): readonly number[] {
  return gaugeSeries(service).map(({ gauge }, i) => (gauge.split === 'additive' ? 0 : gauges[i]!));
}
