import { UsageError } from '../../errors.js';
import { dateOf } from '../../world/time.js';
import type { ChartRow } from './rows.js';

/** The columns that a chart needs, as files name them. */
export const COLUMNS = ['date', 'requests', 'docstore_cost', 'llm_cost'] as const;

/** One row of a file, by its columns, as it was read. */
export interface Cells {
  /** For errors: the file and the line, or the row. */
  readonly place: string;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** @throws UsageError that names what is missing, and what is there instead */
export function checkColumns(file: string, names: readonly string[]): void {
  const missing = COLUMNS.filter((column) => !names.includes(column));
  const twice = COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice) throw new UsageError(`${file}: the column ${twice} is there twice`);
  if (missing.length === 0) return;
  const [many, list] = [missing.length > 1, missing.join(', ')];
  throw new UsageError(
    `${file}: the column${many ? 's' : ''} ${list} ${many ? 'are' : 'is'} missing`,
    {
      hint: `it has ${names.map((name) => JSON.stringify(name)).join(', ') || 'none'}; a chart needs ${COLUMNS.join(',')}`,
    },
  );
}

/**
 * What a chart shows, in the order of the days, whatever order the file has.
 * @throws UsageError naming file, line and column of the first cell that is wrong
 */
export function rowsOf(file: string, table: Iterable<Cells>): readonly ChartRow[] {
  const places = new Map<number, string>();
  const rows: ChartRow[] = [];
  for (const { place, cells } of table) {
    const number = (column: (typeof COLUMNS)[number]) => numberOf(place, column, cells[column]);
    const day = dayOfCell(place, cells.date);
    const before = places.get(day);
    if (before !== undefined) {
      throw new UsageError(`${place}: date: the day was there before, in ${before}`, {
        hint: 'a chart has one row a day',
      });
    }
    places.set(day, place);
    rows.push({
      ...{ day, requests: number('requests') },
      ...{ docstoreCost: number('docstore_cost'), llmCost: number('llm_cost') },
    });
  }
  if (rows.length === 0) throw new UsageError(`${file}: there are no rows`);
  rows.sort((a, b) => a.day - b.day);
  checkSpan(rows, places);
  return rows;
}

/** Years. More is a slip of the pen, and far more is beyond what a time axis can be divided into. */
const LONGEST = 200;

function checkSpan(rows: readonly ChartRow[], places: ReadonlyMap<number, string>): void {
  const [first, last] = [rows[0]!.day, rows.at(-1)!.day];
  if (last - first <= LONGEST * 365.25) return;
  const since = `${JSON.stringify(dateOf(first))}, in ${places.get(first)}`;
  const what = `is more than ${LONGEST} years after ${since}`;
  throw bad(`${places.get(last)}`, 'date', dateOf(last), what);
}

const DAY = 86_400_000;

/** Parquet has dates, which are read as the start of their day, and text. */
function dayOfCell(place: string, cell: unknown): number {
  const time = cell instanceof Date ? cell.getTime() : timeOf(cell);
  if (time !== undefined && time % DAY === 0) return time / DAY;
  throw bad(place, 'date', cell, 'is not a date', 'write 2026-11-20');
}

/** Undefined for what is no day of the calendar: 30 February would be 2 March. */
function timeOf(cell: unknown): number | undefined {
  if (typeof cell !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(cell)) return undefined;
  const time = Date.parse(`${cell}T00:00:00Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(cell)) return undefined;
  return time;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Requests or dollars a day. Far beyond, numbers are no longer exact and sums no longer finite. */
const MOST = 1e15;

function numberOf(place: string, column: string, cell: unknown): number {
  if (cell === '' || cell === null || cell === undefined) {
    throw new UsageError(`${place}: ${column} is empty`, {
      hint: 'leave a day without numbers out: the chart shows the gap',
    });
  }
  const text = String(cell);
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (value < 0) throw bad(place, column, cell, 'is below zero');
  if (value > MOST) throw bad(place, column, cell, 'is more than a chart can show', 'up to 1e15');
  if (!Number.isNaN(value)) return value;
  throw bad(place, column, cell, 'is not a number', 'write 1234.5, without units');
}

function bad(place: string, column: string, cell: unknown, what: string, hint?: string) {
  const text = cell instanceof Date ? timeText(cell) : String(cell);
  return new UsageError(
    `${place}: ${column}: ${JSON.stringify(text)} ${what}`,
    hint ? { hint } : {},
  );
}

function timeText(time: Date): string {
  return Number.isNaN(time.getTime()) ? String(time) : time.toISOString();
}
