import type { Panel, Target } from './model.js';

/** A query, and what its series are called. */
export interface Query {
  readonly expr: string;
  /** `{{label}}` stands for a label's value. */
  readonly legend: string;
}

/** A panel without its place: the dashboard gives that, its id, and the targets their letters. */
export type Draft = Pick<Panel, 'type' | 'title' | 'description' | 'options' | 'fieldConfig'> &
  Partial<Pick<Panel, 'interval' | 'maxDataPoints' | 'timeFrom' | 'transformations'>> & {
    readonly queries: readonly Query[];
    /** How the answers are read, and whether they are of one instant. */
    readonly format: Target['format'];
    readonly instant: boolean;
    /** Columns of 24, and rows of cells. */
    readonly width: number;
    readonly height: number;
  };

/** What every panel says of itself. */
export interface About {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
  readonly height?: number;
  readonly decimals?: number;
  readonly timeFrom?: string;
  readonly queries: readonly Query[];
}

const HEIGHT = 8;

/** One number of a series: its latest. */
export const LAST = { calcs: ['lastNotNull'], fields: '', values: false };

/** A panel without options and colours. */
export function draft(type: Panel['type'], of: About) {
  const { title, description, width, height = HEIGHT, queries, timeFrom } = of;
  return {
    type,
    title,
    description,
    width,
    height,
    queries,
    format: 'time_series' as const,
    instant: false,
    ...(timeFrom === undefined ? {} : { timeFrom }),
  };
}
