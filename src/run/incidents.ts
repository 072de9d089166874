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

/**
 * The incidents of a run in which jobs hang, each with all of its minutes: whether a job hangs at the
 * end of a run is not for the end to say.
 */
export function hangsFrom(
  scenario: AnyScenario | undefined,
  start: number,
): readonly ScheduledIncident[] {
  if (scenario === undefined || isDated(scenario)) return [];
  return schedule(scenario, start, undefined).filter(({ jobs }) => jobs === 'hang');
}

/** Whether a job of a service cannot push at an instant (world time, seconds): its first one hangs. */
export function hangsAt(
  hangs: readonly ScheduledIncident[],
  { job }: { readonly job: number },
  at: number,
): boolean {
  return job === 0 && hangingSince(hangs, at) !== undefined;
}

/** Since when (world time, seconds) jobs hang that do at this instant: till then they could push. */
export function hangingSince(hangs: readonly ScheduledIncident[], at: number): number | undefined {
  const begins = hangs
    .filter(({ from, to }) => from * MINUTE < at && at <= to * MINUTE)
    .map(({ from }) => from * MINUTE);
  return begins.length > 0 ? Math.min(...begins) : undefined;
}
