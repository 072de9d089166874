import { gaugesAt } from '../../instruments/gauges.js';
import { boundsOf, layoutOf } from '../../instruments/layout.js';
import type { Values } from '../../instruments/parts.js';
import type { Labels } from '../../series.js';
import {
  baseUnits,
  type HistogramDeclaration,
  type Instrument,
  type Service,
} from '../../services/service.js';
import { MINUTE } from '../../world/time.js';
import { addStretch, emptyTotal, type Total } from '../../world/total.js';
import type { World } from '../../world/world.js';
import type { Range, Window } from './windows.js';

export interface SampleOptions extends Range {
  readonly world: World;
  readonly services: readonly Service[];
  /** By service name: what its counters and buckets go on from at `from`; by default zero. */
  readonly base?: Readonly<Record<string, Values>>;
}

/** The series of one instrument that share a label set: one line, or those of a histogram. */
export interface Metric {
  readonly service: Service;
  readonly instrument: Instrument;
  readonly labels: Labels;
  /** Upper bounds of a histogram, without +Inf; empty for other kinds. */
  readonly bounds: readonly number[];
  /** Lines at one instant. */
  readonly lines: number;
  /** Instant by instant, line by line in the order of the exposition; of the last window played. */
  readonly values: Float64Array;
}

/** Reads the samples of a world, window by window, in order. */
export interface Sampler {
  readonly metrics: readonly Metric[];
  readonly series: number;
  /** Plays the world through a window and leaves its samples in the metrics. */
  play(window: Window): void;
  /** The same without the samples: for a window that is there already. */
  skip(window: Window): void;
  /** What each service has done since `from`, up to the instant reached. */
  total(service: Service): Total;
}

/** How one metric's lines at an instant are read. */
type Read = (total: Total, gauges: readonly number[], into: Float64Array, at: number) => void;

/** @param most the most steps of any window that will be played */
export function createSampler(options: SampleOptions, most: number): Sampler {
  const { world, services, from, step } = options;
  const parts = services.map((service) => {
    const metrics = metricsOf(service, options.base?.[service.name], most);
    return { service, metrics, total: emptyTotal(service.model) };
  });
  let at = from;
  const playTo = (second: number) => {
    // A minute at a time: the world remembers the latest minutes only, and the services share them.
    while (at < second) {
      const next = Math.min(second, (Math.floor(at / MINUTE) + 1) * MINUTE);
      for (const { service, total } of parts) addStretch(world, service.model, at, next, [total]);
      at = next;
    }
  };
  return {
    metrics: parts.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)),
    series: parts.reduce((sum, { metrics }) => sum + linesOf(metrics), 0),
    play: (window) => {
      for (let k = 0; k < window.steps; k++) {
        const second = window.first + k * step;
        playTo(second);
        for (const { service, metrics, total } of parts) {
          // At the very start nothing has happened: the gauges are those of the minute that begins.
          const [gauges] = gaugesAt(world, service, Math.max(second, from + 1), 1);
          for (const { metric, read } of metrics) {
            read(total, gauges!, metric.values, k * metric.lines);
          }
        }
      }
    },
    skip: ({ last }) => playTo(last),
    total: (service) => parts.find((part) => part.service === service)!.total,
  };
}

/** How many series the services have. */
export function seriesCount(services: readonly Service[]): number {
  return services.reduce((sum, service) => sum + layoutOf(service).lines.ids.length, 0);
}

interface ReadMetric {
  readonly metric: Metric;
  readonly read: Read;
}

function linesOf(metrics: readonly ReadMetric[]): number {
  return metrics.reduce((sum, { metric }) => sum + metric.lines, 0);
}

function metricsOf(service: Service, base: Values = new Map(), most: number): ReadMetric[] {
  let gauge = 0;
  const ids = layoutOf(service).lines.ids[Symbol.iterator]();
  return service.instruments.flatMap((instrument) => {
    const bounds = instrument.kind === 'histogram' ? boundsOf(service, instrument) : [];
    // A bucket for each bound and for +Inf, the sum, the count.
    const lines = instrument.kind === 'histogram' ? bounds.length + 3 : 1;
    return instrument.series.map(({ labels }, i): ReadMetric => {
      const start = Array.from({ length: lines }, () => base.get(ids.next().value!) ?? 0);
      const values = new Float64Array(lines * most);
      return {
        metric: { service, instrument, labels, bounds, lines, values },
        read: readerOf(service, instrument, i, start, () => gauge++),
      };
    });
  });
}

function readerOf(
  service: Service,
  instrument: Instrument,
  i: number,
  start: readonly number[],
  nextGauge: () => number,
): Read {
  if (instrument.kind === 'histogram') return histogramReader(service, instrument, i, start);
  if (instrument.kind === 'gauge') {
    const index = nextGauge();
    return (_, gauges, into, at) => {
      into[at] = gauges[index]!;
    };
  }
  const { read } = instrument.series[i]!;
  return (total, _, into, at) => {
    into[at] = start[0]! + read(total);
  };
}

function histogramReader(
  { model }: Service,
  histogram: HistogramDeclaration,
  i: number,
  start: readonly number[],
): Read {
  const index = histogram.series[i]!.histogram;
  const { scale } = model.shape.histograms[index]!;
  const buckets = start.length - 2;
  return ({ buckets: all, sums }, _, into, at) => {
    const counts = all[index]!;
    let cumulative = 0;
    for (let b = 0; b < buckets; b++) {
      cumulative += counts[b]!;
      into[at + b] = start[b]! + cumulative;
    }
    into[at + buckets] = start[buckets]! + baseUnits(sums[index]!, scale);
    into[at + buckets + 1] = start[buckets + 1]! + cumulative;
  };
}
