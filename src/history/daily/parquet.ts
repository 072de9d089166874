import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Column, DATE, type Row } from './column.js';

/** Whole columns in one row group: daily rows are few. */
export async function* parquet(
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
): AsyncIterable<Uint8Array> {
  const days: number[] = [];
  const values: bigint[][] = columns.map(() => []);
  for await (const row of rows) {
    days.push(row.day);
    row.values.forEach((value, i) => {
      values[i]!.push(value);
    });
  }
  const named = [DATE, ...columns.map(({ name, type }) => ({ name, parquet: type.parquet }))];
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    createdBy: 'ragmon',
    schema: [
      { name: 'root', num_children: named.length },
      ...named.map(({ name, parquet }) => ({
        ...parquet,
        name,
        repetition_type: 'REQUIRED' as const,
      })),
    ],
  });
  // An integer is what a decimal or a date is stored as; nothing is converted on the way.
  const data = [days, ...values];
  file.write({
    columnData: named.map(({ name }, i) => ({ name, data: data[i]! })),
    rowGroupSize: Math.max(1, days.length),
  });
  file.finish();
  yield writer.getBytes();
}
