import { type Column, decimal, type Row } from '../../history/daily/column.js';

/** The sums of rows that have gone by. */
export interface Sums {
  /** Adds each row, and hands it on. */
  over(rows: Iterable<Row>): Iterable<Row>;
  /** By column, exactly, in plain decimal; those that do not add up over days are left out. */
  text(): ReadonlyMap<string, string>;
}

export function createSums(columns: readonly Column[]): Sums {
  const sums = columns.map(() => 0n);
  return {
    *over(rows) {
      for (const row of rows) {
        row.values.forEach((value, i) => {
          sums[i]! += value;
        });
        yield row;
      }
    },
    text: () =>
      new Map(
        columns.flatMap(({ name, type, adds }, i) =>
          adds ? [[name, decimal(sums[i]!, type.decimals)]] : [],
        ),
      ),
  };
}
