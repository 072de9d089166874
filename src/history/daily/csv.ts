import { stringify } from 'csv-stringify/sync';
import { type Column, DATE, decimal, type Row } from './column.js';

/** Rows that are written at once: each call of the library has its price. */
const BATCH = 64;

/** RFC 4180 but for its line ends, which are those of every other text here. */
export async function* csv(
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
): AsyncIterable<Uint8Array> {
  yield Buffer.from(stringify([[DATE.name, ...columns.map(({ name }) => name)]]));
  let lines: string[][] = [];
  for await (const row of rows) {
    const cells = columns.map(({ type }, i) => decimal(row.values[i]!, type.decimals));
    lines.push([DATE.text(row), ...cells]);
    if (lines.length < BATCH) continue;
    yield Buffer.from(stringify(lines));
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(stringify(lines));
}
