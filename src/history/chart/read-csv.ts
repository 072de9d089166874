import { parse } from 'csv-parse/sync';
import { messageOf, UsageError } from '../../errors.js';
import { type Cells, checkColumns, rowsOf } from './read-rows.js';
import type { ChartRow } from './rows.js';

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * The rows of a CSV file with a header that names a chart's columns, in any order, among others.
 * @throws UsageError naming file, line and column of what is wrong
 */
export function rowsOfCsv(file: string, text: string): readonly ChartRow[] {
  const [header, ...lines] = linesOf(file, text);
  if (!header) throw new UsageError(`${file}: it is empty`);
  const names = header.record;
  checkColumns(file, names);
  return rowsOf(
    file,
    lines.map(({ record, info }): Cells => {
      const place = `${file}:${info.lines}`;
      if (record.length !== names.length) {
        const [has, should] = [record.length, names.length].map(
          (n) => `${n} cell${n === 1 ? '' : 's'}`,
        );
        throw new UsageError(`${place}: the row has ${has}, the header ${should}`, {
          hint: 'a number with a thousands separator is two cells',
        });
      }
      return { place, cells: Object.fromEntries(names.map((name, i) => [name, record[i]])) };
    }),
  );
}

function linesOf(file: string, text: string): readonly Line[] {
  try {
    return parse(text, {
      ...{ bom: true, info: true, trim: true },
      ...{ skip_empty_lines: true, relax_column_count: true },
    }) as unknown as Line[];
  } catch (cause) {
    throw new UsageError(`${file} cannot be read as CSV: ${messageOf(cause)}`, { cause });
  }
}
