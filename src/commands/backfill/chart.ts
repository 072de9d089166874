import { UsageError } from '../../errors.js';
import { type ChartFormat, drawChart } from '../../history/chart/draw.js';
import { SLIDE } from '../../history/chart/layout.js';
import type { ChartRow } from '../../history/chart/rows.js';
import { DEFAULT_TITLE } from '../../history/chart/words.js';
import type { Column, Row } from '../../history/daily/column.js';
import { MINUTE } from '../../world/time.js';
import { chartFormatOf } from '../chart-format.js';
import type { Past } from './options.js';

/** The chart beside the rows. */
export interface ChartPlan {
  readonly path: string;
  readonly format: ChartFormat;
  /** Where in a row what the chart shows stands. */
  readonly places: readonly [requests: number, docstoreCost: number, llmCost: number];
}

/**
 * `--chart year.png`, or `--chart` for an SVG that is named as the data are.
 * @param data the name of their file
 */
export function chartNamed(
  flag: string | true,
  columns: readonly Column[],
  data: string,
): ChartPlan {
  const path = flag === true ? `${data.replace(/\.[a-z]+$/i, '')}.svg` : flag;
  const place = (name: string) => {
    const index = columns.findIndex((column) => column.name === name);
    if (index >= 0) return index;
    throw new UsageError(`--chart draws ${name}, which --columns leaves out`);
  };
  return {
    path,
    format: chartFormatOf('--chart', path),
    places: [place('requests'), place('docstore_cost'), place('llm_cost')],
  };
}

/** The content of its file. */
export async function chartOf(
  rows: readonly Row[],
  columns: readonly Column[],
  { world }: Past,
  { format, places }: ChartPlan,
): Promise<string | Iterable<Uint8Array>> {
  const { incidents = [] } = world.options;
  const marks = incidents.map(({ name, from, to }) => ({
    ...{ name, from: from * MINUTE, to: to * MINUTE },
  }));
  const content = await drawChart(
    {
      rows: rows.map((row) => chartRow(row, columns, places)),
      incidents: marks,
      title: DEFAULT_TITLE,
    },
    { format, size: SLIDE, theme: undefined },
  );
  return typeof content === 'string' ? content : [content];
}

function chartRow(
  { day, values }: Row,
  columns: readonly Column[],
  places: ChartPlan['places'],
): ChartRow {
  const [requests, docstoreCost, llmCost] = places.map(
    (place) => Number(values[place]) / 10 ** columns[place]!.type.decimals,
  ) as [number, number, number];
  return { day, requests, docstoreCost, llmCost };
}
