/** What a chart shows of one UTC day. */
export interface ChartRow {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly requests: number;
  /** US dollars. */
  readonly docstoreCost: number;
  /** US dollars. */
  readonly llmCost: number;
}

/** An incident as a chart marks it: a name, and from when to when, in Unix seconds. */
export interface ChartIncident {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export type Measure = Exclude<keyof ChartRow, 'day'>;

/** Days of a mean. */
export const WINDOW = 7;

/**
 * For each row the mean of its day and the six before it; undefined where one of the seven is not
 * there. Rows are in the order of their days.
 */
export function weekMeans(rows: readonly ChartRow[], measure: Measure): (number | undefined)[] {
  return rows.map(({ day }, index) => {
    const week = rows.slice(Math.max(0, index + 1 - WINDOW), index + 1);
    return week[0]?.day === day + 1 - WINDOW ? sumOf(week, measure) / WINDOW : undefined;
  });
}

/** The rows in stretches of days that follow one another. */
export function stretchesOf(rows: readonly ChartRow[]): readonly (readonly ChartRow[])[] {
  const stretches: ChartRow[][] = [];
  for (const row of rows) {
    const current = stretches.at(-1);
    if (current?.at(-1)?.day === row.day - 1) current.push(row);
    else stretches.push([row]);
  }
  return stretches;
}

export function sumOf(rows: readonly ChartRow[], measure: Measure): number {
  return rows.reduce((sum, row) => sum + row[measure], 0);
}

/** Seconds in a day, for incidents; charts count in milliseconds. */
const DAY = 86_400;

/** The incidents that touch the days of the rows, in the order in which they began. */
export function incidentsWithin(
  rows: readonly ChartRow[],
  incidents: readonly ChartIncident[],
): readonly ChartIncident[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return [];
  return incidents
    .filter(({ from, to }) => to > first.day * DAY && from < (last.day + 1) * DAY)
    .sort((a, b) => a.from - b.from || a.to - b.to);
}
