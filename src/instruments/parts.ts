import { Gauge, type Registry } from 'prom-client';
import { RagmonError } from '../errors.js';
import type {
  CounterDeclaration,
  GaugeDeclaration,
  HistogramDeclaration,
  Instrument,
  Service,
} from '../services/service.js';
import { baseUnits } from '../services/service.js';
import type { Total } from '../world/total.js';
import { BulkCounter, BulkHistogram, type HistogramState } from './bulk.js';
import { boundsOf } from './layout.js';

/** Values by series id, as a gateway holds them. */
export type Values = ReadonlyMap<string, number>;

/** One instrument's part of a job: how its state is set, and read line by line. */
export interface Part {
  setTotal?(total: Total): void;
  setGauges?(values: Iterator<number>): void;
  read(values: number[]): void;
}

/**
 * @param ids the ids of the instrument's lines, in their order
 * @param base values that counters and histograms go on from; series that it lacks start at zero
 * @throws RagmonError when the base holds a histogram with other buckets
 */
export function partOf(
  service: Service,
  instrument: Instrument,
  ids: readonly string[],
  registry: Registry,
  base: Values,
): Part {
  switch (instrument.kind) {
    case 'counter':
      return counterPart(instrument, ids, registry, base);
    case 'gauge':
      return gaugePart(instrument, registry);
    case 'histogram':
      return histogramPart(service, instrument, ids, registry, base);
  }
}

function options({ name, help, labels }: Instrument, registry: Registry) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function counterPart(
  counter: CounterDeclaration,
  ids: readonly string[],
  registry: Registry,
  base: Values,
): Part {
  const metric = new BulkCounter(options(counter, registry));
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

interface HistogramSeries {
  readonly state: HistogramState;
  /** Index and scale of the histogram in the service's totals. */
  readonly index: number;
  readonly scale: number;
  /** What it goes on from; buckets are not cumulative. */
  readonly from: {
    readonly buckets: readonly number[];
    readonly sum: number;
    readonly count: number;
  };
}

function histogramPart(
  service: Service,
  histogram: HistogramDeclaration,
  ids: readonly string[],
  registry: Registry,
  base: Values,
): Part {
  const bounds = boundsOf(service, histogram);
  const metric = new BulkHistogram({ ...options(histogram, registry), buckets: [...bounds] });
  // A bucket for each bound and for +Inf, the sum, the count.
  const lines = bounds.length + 3;
  checkBuckets(histogram, ids, base);
  const series = histogram.series.map(({ labels, histogram: index }, i): HistogramSeries => {
    const [sum, count] = ids.slice((i + 1) * lines - 2, (i + 1) * lines);
    const cumulative = ids.slice(i * lines, (i + 1) * lines - 3).map((id) => base.get(id) ?? 0);
    return {
      state: metric.state(labels),
      index,
      scale: service.model.shape.histograms[index]!.scale,
      from: {
        buckets: cumulative.map((upTo, bucket) => upTo - (cumulative[bucket - 1] ?? 0)),
        sum: base.get(sum!) ?? 0,
        count: base.get(count!) ?? 0,
      },
    };
  });
  const set = (total: Total | undefined) => {
    for (const one of series) setHistogram(one, bounds, total);
  };
  set(undefined);
  return {
    setTotal: set,
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

function setHistogram(
  { state, from, index, scale }: HistogramSeries,
  bounds: readonly number[],
  total: Total | undefined,
): void {
  const counts = total?.buckets[index];
  let added = counts?.[bounds.length] ?? 0;
  for (let i = 0; i < bounds.length; i++) {
    const count = counts?.[i] ?? 0;
    state.bucketValues[bounds[i]!] = from.buckets[i]! + count;
    added += count;
  }
  state.count = from.count + added;
  state.sum = from.sum + (total ? baseUnits(total.sums[index]!, scale) : 0);
}

/** Old buckets beside new ones would make a histogram that never was. */
function checkBuckets({ name }: HistogramDeclaration, ids: readonly string[], base: Values): void {
  const held = [...base.keys()].filter((id) => id.startsWith(`${name}_bucket{`));
  const own = new Set(ids);
  const buckets = ids.filter((id) => id.startsWith(`${name}_bucket{`)).length;
  if (held.length === 0 || (held.length === buckets && held.every((id) => own.has(id)))) return;
  throw new RagmonError(`the gateway holds ${name} with other buckets than this version's`, {
    hint: 'start over with --counters fresh, or delete the group',
  });
}
