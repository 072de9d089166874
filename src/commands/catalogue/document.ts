import type { Service } from '../../services/service.js';
import type { Checked, Finding } from './check.js';
import { GROUP_ROWS, type MetricRow, rowsOf, seriesOf } from './rows.js';

/** A metric as `--json` shows it. */
export interface MetricDocument {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The values of each label; null for any. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds of a histogram’s buckets, without +Inf; null for what is none. */
  readonly buckets: readonly number[] | null;
  readonly series: number;
}

/** The catalogue as `--json` shows it. */
export interface CatalogueDocument {
  readonly services: readonly {
    /** Also the value of its label `job`. */
    readonly name: string;
    /** Of one group, without those that every group carries. */
    readonly series: number;
    readonly metrics: readonly MetricDocument[];
  }[];
  /** What every group carries beside. */
  readonly everyGroup: readonly MetricDocument[];
  /** Labels of everything, from the grouping key. */
  readonly groupLabels: readonly string[];
}

/** What `--check --json` prints. What has no value is null. */
export interface CheckDocument {
  readonly files: readonly {
    readonly file: string;
    readonly kind: 'dashboard' | 'rules';
    readonly queries: number;
  }[];
  readonly findings: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly place: string;
    readonly query: string;
    readonly kind: Finding['kind'];
    /** The metric, label or value that nobody emits. */
    readonly name: string | null;
    /** The metric or expression that lacks it. */
    readonly of: string | null;
    /** The label whose value it is. */
    readonly label: string | null;
    /** Who names the label: by, on, its legend, …; null for a matcher. */
    readonly by: string | null;
    readonly suggestion: string | null;
    readonly message: string;
  }[];
  /** Queries in which a variable stands for PromQL itself. */
  readonly unread: readonly {
    readonly file: string;
    readonly place: string;
    readonly query: string;
  }[];
}

export function catalogueDocument(services: readonly Service[]): CatalogueDocument {
  return {
    services: services.map((service) => {
      const rows = rowsOf(service);
      return { name: service.name, series: seriesOf(rows), metrics: rows.map(metricOf) };
    }),
    everyGroup: GROUP_ROWS.map(metricOf),
    groupLabels: ['job', 'instance'],
  };
}

function metricOf({ name, type, help, labels, buckets, series }: MetricRow): MetricDocument {
  return {
    ...{ name, type, help, series },
    labels: Object.fromEntries(labels.map((label) => [label.name, label.values ?? null])),
    buckets: buckets ?? null,
  };
}

export function checkDocument({ files, findings, unread }: Checked): CheckDocument {
  return {
    files: files.map(({ file, kind, queries }) => ({ file, kind, queries: queries.length })),
    findings: findings.map(({ asked, line, kind, message, unknown }) => ({
      ...{ file: asked.file, line: line ?? null, place: asked.place, query: asked.query, kind },
      ...{ name: unknown?.name ?? null, of: unknown?.of || null, label: unknown?.label ?? null },
      ...{ by: unknown?.by ?? null, suggestion: unknown?.suggestion ?? null, message },
    })),
    unread: unread.map(({ file, place, query }) => ({ file, place, query })),
  };
}
