import { type AnyScenario, isDated } from '../world/dated.js';
import { type ScheduledIncident, schedule } from '../world/incidents.js';
import { DAY, MINUTE } from '../world/time.js';

/** So far, in seconds, a run without an end knows what is to come: a century. */
const HORIZON = 36_525 * DAY;

/**
 * The incidents of a world that is read from one instant to another (world time, seconds), the latter
 * undefined where there is no end: those of a script from the first instant on, or the dated ones.
 * @throws UsageError when the stretch is too short for the script
 */
export function incidentsFrom(
  scenario: AnyScenario | undefined,
  seed: string,
  start: number,
  end: number | undefined,
): readonly ScheduledIncident[] {
  if (scenario === undefined) return [];
  if (!isDated(scenario)) return schedule(scenario, start, end);
  const last = end ?? start + HORIZON;
  return scenario.incidentsIn(seed, Math.floor(start / MINUTE), Math.ceil(last / MINUTE));
}
