import { boundsOf, layoutOf } from '../../instruments/layout.js';
import { runFamilies } from '../../instruments/run-metrics.js';
import type { Service } from '../../services/service.js';

/** A metric as the catalogue shows it. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly CatalogueLabel[];
  /** Upper bounds in the base unit, `+Inf` not among them; undefined for what is no histogram. */
  readonly buckets: readonly number[] | undefined;
  /** Series of one group; of a histogram its buckets, sum and count. */
  readonly series: number;
}

export interface CatalogueLabel {
  readonly name: string;
  /** Undefined for any value. */
  readonly values: readonly string[] | undefined;
}

export function rowsOf(service: Service): MetricRow[] {
  return service.instruments.map((instrument, i) => ({
    ...{ name: instrument.name, type: instrument.kind, help: instrument.help },
    labels: instrument.labels.map((name) => ({
      name,
      values: [...new Set(instrument.series.map(({ labels }) => labels[name]!))],
    })),
    buckets: instrument.kind === 'histogram' ? boundsOf(service, instrument) : undefined,
    series: layoutOf(service).ids[i]!.length,
  }));
}

const ANY = { version: '', run_id: '', seed: '', scenario: '' };

/** What every group carries beside the metrics of its service. */
export const GROUP_ROWS: readonly MetricRow[] = runFamilies(ANY, {
  ...{ start: 0, lastSuccess: 0, duration: 0 },
}).map(({ family: { name, help, series } }) => ({
  ...{ name, help, type: 'gauge', buckets: undefined, series: 1 },
  labels: Object.keys(series[0]!).map((label) => ({ name: label, values: undefined })),
}));

/** Of one group. */
export function seriesOf(rows: readonly MetricRow[]): number {
  return rows.reduce((sum, { series }) => sum + series, 0);
}
