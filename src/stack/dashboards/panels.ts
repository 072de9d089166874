import { type About, type Draft, draft, LAST } from './draft.js';
import { above, type Limit, mapping, NO_LIMIT, PLAIN, sides, thresholds, zone } from './fields.js';
import type { Override } from './model.js';

const STAT_HEIGHT = 4;

export interface Series extends About {
  readonly min?: number;
  readonly max?: number;
  /** Drawn; the axis reaches it, so that the distance to it can be seen. */
  readonly limits?: readonly Limit[];
  readonly stacked?: boolean;
  /** One bar a step. */
  readonly bars?: boolean;
  /** For values of several magnitudes. */
  readonly logarithmic?: boolean;
  readonly interval?: string;
  readonly overrides?: readonly Override[];
}

/** Values over time. */
export function timeseries(of: Series): Draft {
  const { limits = [], stacked = false, bars = false, min = 0 } = of;
  const highest = Math.max(...limits.map((limit) => ('above' in limit ? limit.above : 0)), 0);
  return {
    ...draft('timeseries', of),
    ...(of.interval === undefined ? {} : { interval: of.interval, maxDataPoints: 400 }),
    fieldConfig: {
      defaults: {
        unit: of.unit,
        ...(of.logarithmic ? {} : { min }),
        ...(of.max === undefined ? {} : { max: of.max }),
        ...(of.decimals === undefined ? {} : { decimals: of.decimals }),
        color: { mode: 'palette-classic' },
        ...thresholds(limits.length === 0 ? NO_LIMIT : zone(limits)),
        custom: {
          drawStyle: bars ? 'bars' : 'line',
          lineInterpolation: 'linear',
          lineWidth: bars ? 0 : 1,
          fillOpacity: bars ? 80 : stacked ? 30 : 10,
          gradientMode: 'none',
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
          scaleDistribution: of.logarithmic ? { type: 'log', log: 10 } : { type: 'linear' },
          ...(highest > 0 && of.max === undefined ? { axisSoftMax: above(highest) } : {}),
          // The ground beyond one limit may be good for what another one is about.
          thresholdsStyle: { mode: ['off', 'dashed+area'][limits.length] ?? 'dashed' },
        },
      },
      overrides: of.overrides ?? [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

export interface Stat extends About {
  /** Asked for one instant: for what covers a time of its own. */
  readonly instant?: boolean;
  readonly limit?: Limit;
  readonly mappings?: readonly unknown[];
  readonly noLine?: boolean;
}

/** One number, with its course behind it where it was asked for over time. */
export function stat(of: Stat): Draft {
  const { instant = false, limit } = of;
  return {
    ...draft('stat', { height: STAT_HEIGHT, ...of }),
    instant,
    fieldConfig: {
      defaults: {
        unit: of.unit,
        ...(of.decimals === undefined ? {} : { decimals: of.decimals }),
        ...(of.mappings === undefined ? {} : { mappings: of.mappings }),
        color: { mode: 'thresholds' },
        ...thresholds(limit === undefined ? PLAIN : sides(limit)),
      },
      overrides: [],
    },
    options: {
      colorMode: 'value',
      graphMode: instant ? 'none' : 'area',
      justifyMode: 'auto',
      orientation: 'auto',
      reduceOptions: LAST,
      textMode: 'auto',
      wideLayout: true,
    },
  };
}

/** How often which value was observed, over time; its query is `buckets()` of a histogram. */
export function heatmap(of: Omit<About, 'queries'> & { readonly expr: string }): Draft {
  return {
    ...draft('heatmap', { ...of, queries: [{ expr: of.expr, legend: '{{le}}' }] }),
    format: 'heatmap',
    fieldConfig: {
      defaults: { unit: of.unit, custom: { scaleDistribution: { type: 'linear' } } },
      overrides: [],
    },
    options: {
      calculate: false,
      cellGap: 1,
      cellValues: { unit: 'reqps' },
      color: {
        mode: 'scheme',
        scheme: 'Oranges',
        fill: 'dark-orange',
        reverse: false,
        scale: 'exponential',
        exponent: 0.5,
        steps: 64,
      },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', yHistogram: true, showColorScale: false },
      yAxis: { axisPlacement: 'left', reverse: false, unit: of.unit },
    },
  };
}

/** The latest values as bars. */
export function barGauge(of: About): Draft {
  return {
    ...draft('bargauge', of),
    instant: true,
    fieldConfig: {
      defaults: {
        unit: of.unit,
        min: 0,
        ...(of.decimals === undefined ? {} : { decimals: of.decimals }),
        color: { mode: 'palette-classic' },
        ...thresholds(NO_LIMIT),
      },
      overrides: [],
    },
    options: {
      displayMode: 'basic',
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
      minVizHeight: 16,
      minVizWidth: 8,
      maxVizHeight: 300,
      namePlacement: 'auto',
      orientation: 'horizontal',
      reduceOptions: LAST,
      showUnfilled: true,
      sizing: 'auto',
      valueMode: 'color',
    },
  };
}

/** When which of two states held: `no` is 0, `yes` is 1. */
export function states(of: About & { readonly no: string; readonly yes: string }): Draft {
  return {
    ...draft('state-timeline', of),
    fieldConfig: {
      defaults: {
        unit: of.unit,
        color: { mode: 'thresholds' },
        mappings: [mapping({ 0: [of.no, 'green'], 1: [of.yes, 'red'] })],
        ...thresholds(sides({ above: 1 })),
        custom: { fillOpacity: 70, lineWidth: 0 },
      },
      overrides: [],
    },
    options: {
      alignValue: 'left',
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      mergeValues: true,
      rowHeight: 0.9,
      showValue: 'never',
      tooltip: { mode: 'single', sort: 'none' },
    },
  };
}

/** Labels of series as rows, in this order. */
export function table(of: About & { readonly columns: Readonly<Record<string, string>> }): Draft {
  return {
    ...draft('table', of),
    format: 'table',
    instant: true,
    fieldConfig: {
      defaults: {
        unit: of.unit,
        ...thresholds(PLAIN),
        custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
      },
      overrides: [],
    },
    options: { cellHeight: 'sm', showHeader: true, sortBy: [] },
    transformations: [
      {
        id: 'filterFieldsByName',
        options: { include: { names: Object.keys(of.columns) } },
      },
      {
        id: 'organize',
        options: {
          excludeByName: {},
          indexByName: Object.fromEntries(Object.keys(of.columns).map((name, i) => [name, i])),
          renameByName: of.columns,
        },
      },
    ],
  };
}
