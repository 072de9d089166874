import { incidentEntry, iso } from '../../ledger/times.js';
import { PRICES } from '../../world/prices.js';
import { DAY, dayOf } from '../../world/time.js';
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
    start: iso(from * 1000),
    end: iso(to * 1000),
    incidents: incidents.map((incident) => ({
      ...incidentEntry(incident),
      change: incident.change,
    })),
    prices: [...prices.models, ...prices.store].filter((price) => {
      const begins = dayOf(price.from) * DAY;
      return from < begins && begins < to;
    }),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
