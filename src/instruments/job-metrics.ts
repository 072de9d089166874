import { Gauge, Registry } from 'prom-client';
import { RagmonError } from '../errors.js';
import type {
  CounterDeclaration,
  GaugeDeclaration,
  HistogramDeclaration,
  Instrument,
  Service,
} from '../services/service.js';
import { baseUnits } from '../services/service.js';
import { recent } from '../world/recent.js';
import type { Total } from '../world/total.js';
import { BulkCounter, BulkHistogram } from './bulk.js';
import { type Family, type Lines, linesOf, writeLines } from './lines.js';

/** Values by series id, as a gateway holds them. */
export type Values = ReadonlyMap<string, number>;

/** The metrics of one job: its own registry, all series there from the start. */
export interface JobMetrics {
  /** For whoever wants prom-client's own outputs; shows the same state as `text()`. */
  readonly registry: Registry;
  /** Counters and histograms become base + total. */
  setTotal(total: Total): void;
  /** Gauges, in the order of `gaugeSeries`. */
  setGauges(values: readonly number[]): void;
  /** Text format 0.0.4, byte-equal to `registry.metrics()` and several times as fast. */
  text(): string;
  /** Every value by series id, in the order of the text. */
  values(): Map<string, number>;
}

export interface GaugeSeries {
  readonly gauge: GaugeDeclaration;
  readonly read: GaugeDeclaration['series'][number]['read'];
}

/** The gauges of a service, one entry a label set. */
export function gaugeSeries({ instruments }: Service): readonly GaugeSeries[] {
  return instruments.flatMap((gauge) =>
    gauge.kind === 'gauge' ? gauge.series.map(({ read }) => ({ gauge, read })) : [],
  );
}

/** Upper bounds of a histogram's buckets in its base unit (seconds, ratio, documents). */
export function boundsOf(service: Service, { series }: HistogramDeclaration): readonly number[] {
  const { bounds, scale } = service.model.shape.histograms[series[0]!.histogram]!;
  return bounds.map((bound) => bound / scale);
}

const linesOfService = recent(
  (service: Service): Lines =>
    linesOf(
      service.instruments.map(
        (instrument): Family => ({
          name: instrument.name,
          help: instrument.help,
          kind: instrument.kind,
          series: instrument.series.map(({ labels }) => labels),
          ...(instrument.kind === 'histogram' ? { bounds: boundsOf(service, instrument) } : {}),
        }),
      ),
    ),
  64,
);

/** One instrument's part of a job: how its state is set, and read line by line. */
interface Part {
  setTotal?(total: Total): void;
  setGauges?(values: Iterator<number>): void;
  read(values: number[]): void;
}

/**
 * @param base what the counters and histograms go on from: the values that a group holds on the
 *   gateway, or nothing. Series that it lacks start at zero.
 * @throws RagmonError when the base holds a histogram with other buckets
 */
export function createJobMetrics(service: Service, base: Values = new Map()): JobMetrics {
  const registry = new Registry();
  const lines = linesOfService(service);
  const parts = service.instruments.map((instrument) =>
    partOf(service, instrument, registry, base),
  );
  const current = () => {
    const values: number[] = [];
    for (const part of parts) part.read(values);
    return values;
  };
  return {
    registry,
    setTotal: (total) => {
      for (const part of parts) part.setTotal?.(total);
    },
    setGauges: (values) => {
      const next = values[Symbol.iterator]();
      for (const part of parts) part.setGauges?.(next);
    },
    text: () => writeLines(lines, current()),
    values: () => {
      const values = current();
      return new Map(lines.ids.map((id, i) => [id, values[i]!]));
    },
  };
}

function partOf(service: Service, instrument: Instrument, registry: Registry, base: Values): Part {
  switch (instrument.kind) {
    case 'counter':
      return counterPart(instrument, registry, base);
    case 'gauge':
      return gaugePart(instrument, registry);
    case 'histogram':
      return histogramPart(service, instrument, registry, base);
  }
}

function options({ name, help, labels }: Instrument, registry: Registry) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function counterPart(counter: CounterDeclaration, registry: Registry, base: Values): Part {
  const metric = new BulkCounter(options(counter, registry));
  const { ids } = linesOf([{ ...counter, series: counter.series.map(({ labels }) => labels) }]);
  const series = counter.series.map(({ labels, read }, i) => {
    const state = metric.state(labels);
    state.value = base.get(ids[i]!) ?? 0;
    return { state, read, from: state.value };
  });
  return {
    setTotal: (total) => {
      for (const { state, read, from } of series) state.value = from + read(total);
    },
    read: (values) => {
      for (const { state } of series) values.push(state.value);
    },
  };
}

function gaugePart(gauge: GaugeDeclaration, registry: Registry): Part {
  const metric = new Gauge(options(gauge, registry));
  const current = gauge.series.map(() => 0);
  const set = (i: number, value: number) => {
    current[i] = value;
    metric.set(gauge.series[i]!.labels, value);
  };
  current.forEach((_, i) => {
    set(i, 0);
  });
  return {
    setGauges: (values) => {
      current.forEach((_, i) => {
        set(i, values.next().value);
      });
    },
    read: (values) => {
      values.push(...current);
    },
  };
}

function histogramPart(
  service: Service,
  histogram: HistogramDeclaration,
  registry: Registry,
  base: Values,
): Part {
  const bounds = boundsOf(service, histogram);
  const metric = new BulkHistogram({ ...options(histogram, registry), buckets: [...bounds] });
  const series = histogram.series.map(({ labels, histogram: index }) => {
    const state = metric.state(labels);
    const from = baseOf(histogram, labels, bounds, base);
    const { scale } = service.model.shape.histograms[index]!;
    const part = { state, from, index, scale };
    setHistogram(part, bounds, undefined);
    return part;
  });
  return {
    setTotal: (total) => {
      for (const one of series) setHistogram(one, bounds, total);
    },
    read: (values) => {
      for (const { state } of series) {
        let cumulative = 0;
        for (const bound of bounds) {
          cumulative += state.bucketValues[bound]!;
          values.push(cumulative);
        }
        values.push(state.count, state.sum, state.count);
      }
    },
  };
}

interface HistogramBase {
  /** By bucket, not cumulative. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

function setHistogram(
  one: {
    state: ReturnType<BulkHistogram['state']>;
    from: HistogramBase;
    index: number;
    scale: number;
  },
  bounds: readonly number[],
  total: Total | undefined,
): void {
  const { state, from, index, scale } = one;
  const counts = total?.buckets[index];
  let added = counts?.[bounds.length] ?? 0;
  bounds.forEach((bound, i) => {
    const count = counts?.[i] ?? 0;
    state.bucketValues[bound] = from.buckets[i]! + count;
    added += count;
  });
  state.count = from.count + added;
  state.sum = from.sum + (total ? baseUnits(total.sums[index]!, scale) : 0);
}

function baseOf(
  histogram: HistogramDeclaration,
  labels: Readonly<Record<string, string>>,
  bounds: readonly number[],
  base: Values,
): HistogramBase {
  const { ids } = linesOf([{ ...histogram, series: [labels], bounds }]);
  const values = ids.map((id) => base.get(id));
  if (values.every((value) => value === undefined)) {
    return { buckets: bounds.map(() => 0), sum: 0, count: 0 };
  }
  const held = [...base.keys()].filter((id) => id.startsWith(`${histogram.name}_bucket{`)).length;
  if (values.includes(undefined) || held !== histogram.series.length * (bounds.length + 1)) {
    throw new RagmonError(
      `the gateway holds ${histogram.name} with other buckets than this version's`,
      {
        hint: 'start over with --counters fresh, or delete the group',
      },
    );
  }
  const known = values as number[];
  const [sum, count] = [known[bounds.length + 1]!, known[bounds.length + 2]!];
  return { buckets: bounds.map((_, i) => known[i]! - (known[i - 1] ?? 0)), sum, count };
}
