import { stringify } from 'csv-stringify/sync';
import { type Column, DATE, decimal, type Row } from './column.js';

/** RFC 4180 but for its line ends, which are those of every other text here. */
export async function* csv(
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
): AsyncIterable<Uint8Array> {
  yield line([DATE.name, ...columns.map(({ name }) => name)]);
  for await (const row of rows) {
    const cells = columns.map(({ type }, i) => decimal(row.values[i]!, type.decimals));
    yield line([DATE.text(row), ...cells]);
  }
}

function line(cells: readonly string[]): Uint8Array {
  return Buffer.from(stringify([cells as string[]]));
}
