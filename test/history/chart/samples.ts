import type { ChartIncident, ChartRow } from '../../../src/history/chart/rows.js';
import { dayOf } from '../../../src/world/time.js';
import { addStretch, emptyTotal } from '../../../src/world/total.js';
import { CHATAPI, DOCSTORE, reader, VECTORLENS, worldOf } from '../../world/worlds.js';

/** Days as the world makes them. */
export function worldRows(from: string, days: number): ChartRow[] {
  const world = worldOf({ seed: 'chart' });
  const read = (service: typeof CHATAPI, counter: string, day: number) => {
    const total = emptyTotal(service.model);
    addStretch(world, service.model, day * 86_400, (day + 1) * 86_400, [total]);
    return reader(service, counter)(total);
  };
  return Array.from({ length: days }, (_, index) => {
    const day = dayOf(from) + index;
    return {
      day,
      requests: read(VECTORLENS, 'vectorlens_request_total', day),
      docstoreCost: read(DOCSTORE, 'documentstore_cost_dollars_total', day),
      llmCost: read(CHATAPI, 'chatapi_cost_dollars_total', day),
    };
  });
}

/** Those rows as `ragmon backfill` writes them. */
export function csvOf(rows: readonly ChartRow[]): string {
  const lines = rows.map(({ day, requests, docstoreCost, llmCost }) =>
    [dateOf(day), requests, docstoreCost.toFixed(9), llmCost.toFixed(9)].join(),
  );
  return ['date,requests,docstore_cost,llm_cost', ...lines, ''].join('\n');
}

export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** `[name, RFC 3339, hours]` → an incident. */
export function incident(name: string, from: string, hours: number): ChartIncident {
  const start = Date.parse(from) / 1000;
  return { name, from: start, to: start + hours * 3600 };
}

export const YEAR_INCIDENTS: readonly ChartIncident[] = [
  incident('llm-price-surge', '2025-12-03T09:00:00Z', 30),
  incident('error-burst', '2026-02-11T13:20:00Z', 3),
  incident('latency-spike', '2026-02-19T08:00:00Z', 2),
  incident('docstore-outage', '2026-06-02T17:00:00Z', 9),
  incident('prompt-bloat', '2026-08-20T00:00:00Z', 96),
  incident('provider-outage', '2026-11-14T06:30:00Z', 5),
];

export function eventsOf(incidents: readonly ChartIncident[]): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString();
  return JSON.stringify(
    incidents.map(({ name, from, to }) => ({ name, from: time(from), to: time(to) })),
  );
}
