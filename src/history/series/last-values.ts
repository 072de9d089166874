import { createJobMetrics } from '../../instruments/job-metrics.js';
import { layoutOf } from '../../instruments/layout.js';
import type { Values } from '../../instruments/parts.js';
import type { HistoryLedger } from '../../ledger/history-ledger.js';
import { incidentEntry, iso } from '../../ledger/times.js';
import type { Service } from '../../services/service.js';
import { touching } from '../../world/dated.js';
import { PRICES, pricesId } from '../../world/prices.js';
import type { Total } from '../../world/total.js';
import { WORLD_VERSION } from '../../world/world.js';
import { groupOf, type HistoryOptions } from './history.js';

/** Where a history leaves its ledger, in its folder. */
export const LEDGER = 'ragmon-ledger.json';

/** @param totalOf what a service did from the start to the end of the range */
export function lastValues(
  options: HistoryOptions & { readonly scenario?: string | null },
  totalOf: (service: Service) => Total,
): HistoryLedger {
  const { world, services, from, to, step, base = {}, scenario = null } = options;
  const { seed, rate, profile, prices = PRICES, incidents = [] } = world.options;
  // The range ends with its last sample.
  const end = from + Math.floor((to - from) / step) * step;
  const played = services.map((service) => ({ service, total: totalOf(service) }));
  return {
    format: 'ragmon-ledger',
    version: 1,
    truth: {
      world: WORLD_VERSION,
      seed,
      start: iso(from * 1000),
      end: iso(end * 1000),
      options: {
        services: services.map(({ name }) => name),
        rate,
        profile,
        scenario,
        prices: pricesId(prices),
        jobs: 1,
        shard: '0/1',
      },
      incidents: touching(incidents, from, end).map(incidentEntry),
      services: Object.fromEntries(
        played.map(({ service, total }) => [
          service.name,
          [{ job: 0, increments: counters(service, total, new Map()) }],
        ]),
      ),
    },
    delivery: null,
    history: {
      step,
      groups: played.map(({ service, total }) => ({
        service: service.name,
        key: { ...groupOf(options, service.name) },
        final: counters(service, total, base[service.name] ?? new Map()),
      })),
    },
  };
}

/** Every counter and bucket of a service that went on from a base. */
function counters(service: Service, total: Total, base: Values): Record<string, number> {
  const metrics = createJobMetrics(service, base);
  metrics.setTotal(total);
  const counting = layoutOf(service).counters;
  return Object.fromEntries([...metrics.values()].filter(([id]) => counting.has(id)));
}
