import { type Bucket, histogramQuantile } from '../instruments/quantile.js';
import type { CounterDeclaration, Service } from '../services/service.js';
import { recent } from '../world/recent.js';
import type { Total } from '../world/total.js';

/** What a person wants to know of a service at a glance, read from its totals. */
export interface Overview {
  requests(total: Total): number;
  errors(total: Total): number;
  /** US dollars; undefined for a service without cost counters. */
  cost(total: Total): number | undefined;
  /** Seconds, over all requests; undefined before the first. */
  p95(total: Total): number | undefined;
}

/** Found in the declarations by the names that every service follows. */
export const overviewOf = recent((service: Service): Overview => {
  const { instruments, model } = service;
  const counter = (suffix: string) =>
    instruments.find(
      (one): one is CounterDeclaration => one.kind === 'counter' && one.name.endsWith(suffix),
    );
  const sum = (found: CounterDeclaration, total: Total, status?: string) =>
    found.series.reduce(
      (n, { labels, read }) => n + (status && labels.status !== status ? 0 : read(total)),
      0,
    );
  const requests = counter('_request_total')!;
  const cost = counter('_cost_dollars_total');
  const duration = instruments.find(
    (one) => one.kind === 'histogram' && one.name.endsWith('_request_duration_seconds'),
  );
  const histograms =
    duration?.kind === 'histogram' ? duration.series.map(({ histogram }) => histogram) : [];
  return {
    requests: (total) => sum(requests, total),
    errors: (total) => sum(requests, total, 'error'),
    cost: (total) => (cost ? sum(cost, total) : undefined),
    p95: (total) => {
      const [first] = histograms;
      if (first === undefined) return undefined;
      const { bounds, scale } = model.shape.histograms[first]!;
      let cumulative = 0;
      const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i): Bucket => {
        for (const h of histograms) cumulative += total.buckets[h]![i]!;
        return [bound / scale, cumulative];
      });
      return cumulative === 0 ? undefined : histogramQuantile(0.95, buckets);
    },
  };
}, 64);
