// The part of Grafana's classic dashboard model that the dashboards use (schemaVersion 42).

export interface Datasource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly datasource: Datasource;
  readonly editorMode: 'code';
  readonly expr: string;
  readonly format: 'time_series' | 'heatmap' | 'table';
  readonly instant: boolean;
  readonly range: boolean;
  readonly legendFormat: string;
}

/** Cells of the 24 columns; a row of cells is 30 pixels and a gap high. */
export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Step {
  readonly color: string;
  /** The colour holds from here on; null for the first. */
  readonly value: number | null;
}

export interface Override {
  readonly matcher: { readonly id: 'byName' | 'byRegexp'; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

export interface FieldConfig {
  readonly defaults: {
    readonly unit: string;
    readonly min?: number;
    readonly max?: number;
    readonly decimals?: number;
    readonly color?: { readonly mode: string };
    readonly mappings?: readonly unknown[];
    readonly thresholds?: { readonly mode: 'absolute'; readonly steps: readonly Step[] };
    readonly custom?: Readonly<Record<string, unknown>>;
  };
  readonly overrides: readonly Override[];
}

export interface Row {
  readonly id: number;
  readonly type: 'row';
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPos;
  readonly panels: readonly never[];
}

export interface Panel {
  readonly id: number;
  readonly type: 'timeseries' | 'stat' | 'heatmap' | 'bargauge' | 'state-timeline' | 'table';
  readonly title: string;
  readonly description: string;
  readonly datasource: Datasource;
  readonly gridPos: GridPos;
  /** The release whose options these are: an older one would be migrated. */
  readonly pluginVersion: string;
  /** The least step of its queries. */
  readonly interval?: string;
  readonly maxDataPoints?: number;
  /** A time range of its own. */
  readonly timeFrom?: string;
  readonly fieldConfig: FieldConfig;
  readonly options: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly unknown[];
  readonly targets: readonly Target[];
}

interface VariableBase {
  readonly name: string;
  readonly label: string;
  readonly hide: 0;
  readonly skipUrlSync: false;
}

export interface DatasourceVariable extends VariableBase {
  readonly type: 'datasource';
  readonly query: string;
  readonly current: object;
  readonly includeAll: false;
  readonly multi: false;
  readonly options: readonly never[];
  readonly refresh: 1;
  readonly regex: '';
}

export interface QueryVariable extends VariableBase {
  readonly type: 'query';
  readonly datasource: Datasource;
  readonly definition: string;
  readonly query: { readonly query: string; readonly refId: string };
  readonly current: object;
  readonly includeAll: true;
  /** What All stands for; without it, for each value that there is. */
  readonly allValue?: string;
  readonly multi: true;
  readonly options: readonly never[];
  /** At every change of the time range. */
  readonly refresh: 2;
  readonly regex: '';
  readonly sort: 1;
}

/** Matchers that a user adds to every query of the dashboard. */
export interface FilterVariable extends VariableBase {
  readonly type: 'adhoc';
  readonly datasource: Datasource;
  readonly baseFilters: readonly never[];
  readonly filters: readonly never[];
}

export type Variable = DatasourceVariable | QueryVariable | FilterVariable;

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: 42;
  readonly version: number;
  readonly editable: false;
  readonly graphTooltip: 1;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timepicker: object;
  readonly timezone: 'browser' | 'utc';
  readonly weekStart: '';
  readonly fiscalYearStartMonth: 0;
  readonly annotations: { readonly list: readonly unknown[] };
  readonly links: readonly unknown[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly (Row | Panel)[];
}
