import type { Palette } from '../../ui/colours.js';
import { count } from '../../ui/format.js';
import { type Column, drawTable } from '../../ui/table.js';
import { dateOf } from '../../world/time.js';
import { type BackfillOptions, STDOUT } from './options.js';

type Sums = ReadonlyMap<string, string>;

/** What was written, and the sums of its columns, for a person. */
export function summaryText(options: BackfillOptions, sums: Sums, palette: Palette): string {
  const { range, output, seed, scenario } = options;
  const days = range.to - range.from;
  const head = `${output === STDOUT ? 'stdout' : output}: ${count(days)} ${days === 1 ? 'day' : 'days'}`;
  const dates = `${dateOf(range.from)} to ${dateOf(range.to - 1)} UTC`;
  const columns: Column<[string, string]>[] = [
    { header: 'sums of the rows', align: 'left', cell: ([name]) => name },
    { header: '', align: 'left', cell: ([, sum]) => sum },
  ];
  return [
    `${palette.strong(head)}, ${dates}, seed ${seed}, scenario ${scenario}`,
    ...drawTable(columns, [...sums], palette),
    ...[...options.beside.keys()].map((path) => `also written: ${path}`),
    '',
  ].join('\n');
}

/** The same for a program. Money is text, as a double might not hold it. */
export function summaryDocument(options: BackfillOptions, sums: Sums): object {
  const { range, output, formatName, seed, scenario, columns } = options;
  return {
    ...{ file: output, format: formatName, seed, scenario },
    ...{ from: dateOf(range.from), to: dateOf(range.to - 1), days: range.to - range.from },
    columns: ['date', ...columns.map(({ name }) => name)],
    sums: Object.fromEntries(
      columns.flatMap(({ name, type }) => {
        const sum = sums.get(name);
        return sum === undefined ? [] : [[name, type.decimals === 0 ? Number(sum) : sum]];
      }),
    ),
  };
}
