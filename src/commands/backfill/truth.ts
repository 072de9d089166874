import { PRICES } from '../../world/prices.js';
import { DAY, dayOf, MINUTE } from '../../world/time.js';
import { WORLD_VERSION } from '../../world/world.js';
import type { Past } from './options.js';

/**
 * The truth beside the data: which incidents there were, when, and what they changed; and which
 * prices changed meanwhile. JSON.
 */
export function truthOf({ world, scenario, span }: Past): string {
  const { from, to } = span;
  const { seed, incidents = [], prices = PRICES } = world.options;
  const document = {
    world: WORLD_VERSION,
    seed,
    scenario,
    start: iso(from),
    end: iso(to),
    incidents: incidents.map((incident) => ({
      name: incident.name,
      scenario: incident.scenario,
      from: iso(incident.from * MINUTE),
      to: iso(incident.to * MINUTE),
      change: incident.change,
    })),
    prices: [...prices.models, ...prices.store].filter((price) => {
      const begins = dayOf(price.from) * DAY;
      return from < begins && begins < to;
    }),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** RFC 3339 in UTC, from Unix seconds. */
function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
