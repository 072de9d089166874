import { type ScheduledIncident, schedule } from '../world/incidents.js';
import { findScenario } from '../world/scenarios.js';

/** Scenarios of the past, whose incidents stand at dates of their own. Minutes since the epoch. */
const DATED: Readonly<
  Record<string, (seed: string, from: number, to: number) => readonly ScheduledIncident[]>
> = {
  none: () => [],
};

export const DATED_NAMES: readonly string[] = Object.keys(DATED);

/**
 * The incidents of a scenario that touch a range of minutes, whole, wherever they begin and end: so
 * that a longer range has the same ones. A scenario that is played live begins at `at`.
 * @param from first minute since the epoch
 * @param to the minute after the last
 * @param at world time, Unix seconds; needed for what has no dates of its own, and for nothing else
 */
export function incidentsFor(
  scenarioName: string,
  seed: string,
  from: number,
  to: number,
  at?: number,
): readonly ScheduledIncident[] {
  const all = DATED[scenarioName]?.(seed, from, to) ?? played(scenarioName, at);
  return all.filter((incident) => incident.from < to && from < incident.to);
}

function played(name: string, at: number | undefined): readonly ScheduledIncident[] {
  const scenario = findScenario(name);
  if (!scenario || at === undefined) throw new Error(`no such scenario, or no time: ${name}`);
  return schedule(scenario, at, undefined);
}
