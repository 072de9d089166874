import type { ScheduledIncident } from '../../world/incidents.js';
import { DAY, MINUTE } from '../../world/time.js';
import { WORLD_VERSION } from '../../world/world.js';
import type { DayRange } from './range.js';

/** The truth beside the data: which incidents there were, when, and what they changed. JSON. */
export function eventsOf(
  scenario: string,
  seed: string,
  { from, to }: DayRange,
  incidents: readonly ScheduledIncident[],
): string {
  const document = {
    world: WORLD_VERSION,
    seed,
    scenario,
    start: iso(from * DAY),
    end: iso(to * DAY),
    incidents: incidents.map((incident) => ({
      name: incident.name,
      scenario: incident.scenario,
      from: iso(incident.from * MINUTE),
      to: iso(incident.to * MINUTE),
      change: incident.change,
    })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** RFC 3339 in UTC, from Unix seconds. */
function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
