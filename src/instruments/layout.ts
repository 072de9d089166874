import type { GaugeDeclaration, HistogramDeclaration, Service } from '../services/service.js';
import { recent } from '../world/recent.js';
import { type Family, type Lines, linesOf } from './lines.js';

/** The exposition of a service: the same for all of its jobs, so it is laid out once. */
export interface Layout {
  readonly families: readonly Family[];
  readonly lines: Lines;
  /** By instrument: the ids of its lines. */
  readonly ids: readonly (readonly string[])[];
  /** The ids of counters, buckets, sums and counts: everything but the gauges. */
  readonly counters: ReadonlySet<string>;
}

export const layoutOf = recent((service: Service): Layout => {
  const families = service.instruments.map(
    (instrument): Family => ({
      name: instrument.name,
      help: instrument.help,
      kind: instrument.kind,
      series: instrument.series.map(({ labels }) => labels),
      ...(instrument.kind === 'histogram' ? { bounds: boundsOf(service, instrument) } : {}),
    }),
  );
  const ids = families.map((family) => linesOf([family]).ids);
  const counting = ids.filter((_, i) => service.instruments[i]!.kind !== 'gauge');
  return { families, lines: linesOf(families), ids, counters: new Set(counting.flat()) };
}, 64);

/** Upper bounds of a histogram's buckets in its base unit (seconds, ratio, documents). */
export function boundsOf(service: Service, { series }: HistogramDeclaration): readonly number[] {
  const { bounds, scale } = service.model.shape.histograms[series[0]!.histogram]!;
  return bounds.map((bound) => bound / scale);
}

export interface GaugeSeries {
  readonly gauge: GaugeDeclaration;
  readonly read: GaugeDeclaration['series'][number]['read'];
}

/** The gauges of a service, one entry a label set. */
export const gaugeSeries = recent(
  ({ instruments }: Service): readonly GaugeSeries[] =>
    instruments.flatMap((gauge) =>
      gauge.kind === 'gauge' ? gauge.series.map(({ read }) => ({ gauge, read })) : [],
    ),
  64,
);
