import type { ScheduledIncident } from '../world/incidents.js';
import { MINUTE } from '../world/time.js';
import type { Truth } from './ledger.js';

// How a ledger writes times. Apart from its form, which needs zod.

/** RFC 3339 in UTC, from milliseconds since the epoch. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** An incident with the minutes that it takes. */
export function incidentEntry(incident: ScheduledIncident): Truth['incidents'][number] {
  const { name, scenario, from, to } = incident;
  return { name, scenario, from: iso(from * MINUTE * 1000), to: iso(to * MINUTE * 1000) };
}
