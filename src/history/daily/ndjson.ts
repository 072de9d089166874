import { type Column, DATE, decimal, type Row } from './column.js';

/**
 * One JSON object a line. Money stands as a number with all its decimals, which `JSON.stringify`
 * could not promise.
 */
export async function* ndjson(
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
): AsyncIterable<Uint8Array> {
  for await (const row of rows) {
    const cells = columns.map(
      ({ name, type }, i) => `"${name}":${decimal(row.values[i]!, type.decimals)}`,
    );
    yield Buffer.from(`{${[`"${DATE.name}":"${DATE.text(row)}"`, ...cells].join(',')}}\n`);
  }
}
