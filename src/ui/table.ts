import type { Paint, Palette } from './colours.js';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => string;
  /** Numbers stand right (default), words left. */
  readonly align?: 'left' | 'right';
  /** Characters at least, so that a growing number does not move its neighbours. */
  readonly min?: number;
  readonly paint?: (row: Row) => Paint | undefined;
}

/** Between columns. */
export const GAP = '  ';

/** Characters of the whole table from left to right. */
export function tableWidth<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  const cells = columns.reduce((sum, column) => sum + columnWidth(column, rows), 0);
  return cells + GAP.length * Math.max(0, columns.length - 1);
}

/** A header and one line a row, without spaces at their ends. */
export function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  palette: Palette,
): string[] {
  const widths = columns.map((column) => columnWidth(column, rows));
  const line = (texts: readonly string[], paints: readonly (Paint | undefined)[]) =>
    texts
      .map((text, i) => {
        const padding = ' '.repeat(widths[i]! - text.length);
        const painted = paints[i]?.(text) ?? text;
        return columns[i]!.align === 'left' ? painted + padding : padding + painted;
      })
      .join(GAP)
      .trimEnd();

  return [
    line(
      columns.map(({ header }) => header),
      columns.map(() => palette.faint),
    ),
    ...rows.map((row) =>
      line(
        columns.map(({ cell }) => cell(row)),
        columns.map(({ paint }) => paint?.(row)),
      ),
    ),
  ];
}

/**
 * Cuts a wide table into several that fit, each beginning with `first`. Groups of columns stay
 * together where one fits at all.
 */
export function splitTable<Row>(
  first: Column<Row>,
  groups: readonly (readonly Column<Row>[])[],
  rows: readonly Row[],
  width: number,
): Column<Row>[][] {
  const tables: Column<Row>[][] = [[first]];
  const add = (columns: readonly Column<Row>[]): void => {
    const current = tables.at(-1)!;
    if (tableWidth([...current, ...columns], rows) <= width) {
      current.push(...columns);
    } else if (columns.length > 1 && tableWidth([first, ...columns], rows) > width) {
      for (const column of columns) add([column]);
    } else if (current.length > 1) {
      tables.push([first, ...columns]);
    } else {
      current.push(...columns);
    }
  };
  for (const group of groups) add(group);
  return tables;
}

function columnWidth<Row>({ header, cell, min = 0 }: Column<Row>, rows: readonly Row[]): number {
  return Math.max(min, header.length, ...rows.map((row) => cell(row).length));
}
