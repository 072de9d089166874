import { changesWorld, type Scenario, type ScheduledIncident, schedule } from './incidents.js';
import { findScenario, scenarioId } from './scenarios.js';
import { MINUTE } from './time.js';
import { YEAR, yearIncidents } from './year.js';

/**
 * A scenario whose incidents stand at dates of their own: whoever looks at a stretch of time finds
 * the same ones there. A Scenario is a script without a date, played from some instant on.
 */
export interface DatedScenario {
  readonly name: string;
  readonly summary: string;
  /**
   * The incidents that touch the minutes since the epoch `from` up to, not including, `to`: oldest
   * first, each with all of its minutes, those outside of the range too.
   */
  incidentsIn(seed: string, from: number, to: number): readonly ScheduledIncident[];
}

export type AnyScenario = Scenario | DatedScenario;

/** Scenarios with dates that have a name. */
export const DATED: readonly DatedScenario[] = [{ ...YEAR, incidentsIn: yearIncidents }];

export function findDated(name: string): DatedScenario | undefined {
  return DATED.find((scenario) => scenario.name === name);
}

export function isDated(scenario: AnyScenario): scenario is DatedScenario {
  return 'incidentsIn' in scenario;
}

/** What a ledger calls a scenario. */
export function idOf(scenario: AnyScenario): string {
  return isDated(scenario) ? scenario.name : scenarioId(scenario);
}

/**
 * A script that begins at an instant (world time, seconds), and so has dates. What happens to jobs is
 * no part of it: nobody pushed the past.
 */
export function playedAt(scenario: Scenario, start: number): DatedScenario {
  const all = schedule(scenario, start, undefined).filter(changesWorld);
  return {
    name: `${scenarioId(scenario)}@${new Date(start * 1000).toISOString()}`,
    summary: scenario.summary,
    incidentsIn: (_, from, to) => all.filter((one) => one.from < to && from < one.to),
  };
}

/** Several at once, under one name. */
export function together(name: string, scenarios: readonly DatedScenario[]): DatedScenario {
  return {
    name,
    summary: scenarios.map(({ summary }) => summary).join('; '),
    incidentsIn: (seed, from, to) =>
      scenarios
        .flatMap((scenario) => scenario.incidentsIn(seed, from, to))
        .sort((a, b) => a.from - b.from),
  };
}

const PLAYED =
  /^([^@]+)@(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)$/i;

/**
 * The scenario of a history by its name there: `year`, or `error-burst@2026-03-01T10:00:00Z`, and
 * more of them after commas. Undefined where a part of it is no such name.
 */
export function datedNamed(text: string): DatedScenario | undefined {
  const parts = text.split(',').flatMap((part) => {
    const [, name = '', time = ''] = PLAYED.exec(part) ?? [];
    const script = findScenario(name);
    const start = Math.floor(Date.parse(time.toUpperCase()) / 1000);
    const found = script && start >= 0 ? playedAt(script, start) : findDated(part);
    return found ? [found] : [];
  });
  return parts.length === text.split(',').length ? together(text, parts) : undefined;
}

/** Those of some incidents that touch the seconds from `start` up to, not including, `end`. */
export function touching(
  incidents: readonly ScheduledIncident[],
  start: number,
  end: number,
): readonly ScheduledIncident[] {
  return incidents.filter(({ from, to }) => from * MINUTE < end && start < to * MINUTE);
}
