import { type RagmonError, UsageError } from '../errors.js';
import { type Change, changed, type Parameters } from './parameters.js';
import { digest } from './stream.js';
import { MINUTE } from './time.js';

/** A part of a scenario: what changes, from when, for how long (world time, seconds). */
export interface Incident {
  readonly name: string;
  /** From the start of the run to the start of the incident. */
  readonly offset: number;
  readonly duration: number;
  /** What it changes in the world; nothing, where it is the jobs that something happens to. */
  readonly change: Change;
  /**
   * The first job of each service hangs: it pushes nothing and does not end, while the world goes on.
   * Of the world itself, and so of a history, that changes nothing.
   */
  readonly jobs?: 'hang';
}

/** A named script of incidents, and the alerts that it should fire; it should fire no others. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** By name; where several alerts have it, by which: `HighCostBurn warning`, `ErrorBudgetBurn 1h`. */
  readonly expect: readonly string[];
  /** Alerts that may fire besides, where there is the past that they look back on. */
  readonly may?: readonly string[];
  /** Seconds from the start of its first incident: by then each of them has fired. */
  readonly within?: number;
  /** User requests per second at which they do for certain; with too few they keep silent. */
  readonly needs?: number;
  readonly incidents: readonly Incident[];
}

/** An incident with the whole UTC minutes that it takes: `from` up to, not including, `to`. */
export interface ScheduledIncident {
  readonly name: string;
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
  readonly change: Change;
  readonly jobs?: 'hang';
}

/**
 * The minutes that a scenario's incidents take in a run, as far as the run reaches: whole minutes,
 * from the first at or after start + offset.
 * @param start world time, seconds
 * @param end world time, seconds; undefined for a run without an end
 * @throws RagmonError (usage) when the run holds no whole minute of one of the incidents
 */
export function schedule(
  scenario: Scenario,
  start: number,
  end: number | undefined,
): readonly ScheduledIncident[] {
  return scenario.incidents.map(({ name, offset, duration, ...what }) => {
    const from = firstMinute(start, offset);
    const whole = from + Math.max(1, Math.round(duration / MINUTE));
    const to = end === undefined ? whole : Math.min(whole, Math.floor(end / MINUTE));
    if (to <= from) throw tooShort(scenario, name, start);
    return { name, scenario: scenario.name, from, to, ...what };
  });
}

/** The first whole minute at or after start + offset. */
function firstMinute(start: number, offset: number): number {
  return Math.ceil((start + offset) / MINUTE);
}

function tooShort(scenario: Scenario, incident: string, start: number): RagmonError {
  const what = incident === scenario.name ? '' : `incident "${incident}" of `;
  return new UsageError(
    `the run is too short for ${what}scenario "${scenario.name}": it holds no whole minute of it`,
    { hint: `from this start it needs a duration of at least ${needed(scenario, start)}` },
  );
}

/** What holds a minute of every incident and, where they are named, the time that the alerts take. */
function needed({ incidents, expect, within }: Scenario, start: number): string {
  const minutes = incidents.map(({ offset }) => firstMinute(start, offset));
  const least = (Math.max(...minutes) + 1) * MINUTE - start;
  if (within === undefined || expect.length === 0) return `${least}s (world time)`;
  const begins = Math.min(...minutes) * MINUTE;
  const whole = Math.ceil(Math.max(least, begins - start + within) / MINUTE);
  return `${whole}m (world time), for its alerts to fire`;
}

/** Whether it changes the world, and not only what its jobs do. */
export function changesWorld({ change: { set = {}, multiply = {} } }: Pick<Incident, 'change'>) {
  return Object.keys(set).length + Object.keys(multiply).length > 0;
}

/** `mine#1f2e3d4c`: a scenario's name, and eight hexadecimal digits for what its incidents are. */
export function identified({ name, incidents }: Scenario): string {
  const sorted = (values: object = {}) =>
    Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(
    incidents.map(({ name, offset, duration, change, jobs }) => [
      ...[name, offset, duration, sorted(change.set), sorted(change.multiply), jobs ?? null],
    ]),
  );
  return `${name}#${digest(text)}`;
}

/** The parameters of a minute, or undefined where no incident holds. */
export function parametersAt(
  incidents: readonly ScheduledIncident[],
  minute: number,
): Parameters | undefined {
  const here = incidents.filter(({ from, to }) => from <= minute && minute < to);
  return here.length === 0 ? undefined : changed(here.map(({ change }) => change));
}
