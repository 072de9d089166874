import type { Palette } from './colours.js';
import { keepImportant, wrap } from './line.js';
import { type Column, drawTable, GAP, tableWidth } from './table.js';

// A table whose rows have notes, longer than a column: beside the row where there is room, or under it.

export interface Look {
  readonly palette: Palette;
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
}

export interface List<Row> {
  readonly rows: readonly Row[];
  /** Rows of all lists that are to stand alike, where there are several. */
  readonly alike?: readonly Row[];
  /** The least important go first. */
  readonly columns: readonly (Column<Row> & { readonly importance: number })[];
  readonly notes: readonly Note<Row>[];
}

export interface Note<Row> {
  readonly header: string;
  readonly texts: (row: Row) => readonly string[];
  /** Short ones: the further lines of each hang, and all have no more room than the longest needs. */
  readonly short?: boolean;
  /** What begins it where it stands under its row. */
  readonly lead?: string;
  readonly faint?: boolean;
}

/** From here on notes stand beside a row. */
const WIDE = 140;
const INDENT = '  ';

/**
 * A list for a terminal: text that is too long is broken between words. Without a terminal a row is
 * one line, for `grep` and for long lines.
 */
export function listLines<Row>(list: List<Row>, look: Look): string[] {
  const { rows, alike = rows, columns } = list;
  const wide = columns.map((column) => ({ ...column, min: longest(alike.map(column.cell)) }));
  const draw = look.width < WIDE ? stacked : look.width < Number.POSITIVE_INFINITY ? beside : plain;
  return draw({ ...list, alike, columns: wide }, look);
}

function plain<Row>({ rows, alike = rows, columns, notes }: List<Row>, { palette }: Look) {
  const right = notes.map(({ header, texts, faint }): Column<Row> => {
    const cell = (row: Row) => texts(row).join('; ');
    return {
      ...{ header, align: 'left', cell, min: longest(alike.map(cell)) },
      ...(faint ? { paint: () => palette.faint } : {}),
    };
  });
  return drawTable([...columns, ...right], rows, palette);
}

function beside<Row>(list: List<Row>, { palette, width }: Look): string[] {
  const { rows, columns, notes } = list;
  const widths = noteWidths(list, width - 1 - tableWidth(columns, rows));
  interface Line {
    readonly row: Row | undefined;
    readonly texts: readonly string[];
  }
  const lines = rows.flatMap((row) => {
    const broken = notes.map((note, i) =>
      note.texts(row).flatMap((text) => linesOf(text, note, widths[i]!)),
    );
    const height = Math.max(1, ...broken.map(({ length }) => length));
    return Array.from(
      { length: height },
      (_, i): Line => ({
        row: i === 0 ? row : undefined,
        texts: broken.map((texts) => texts[i] ?? ''),
      }),
    );
  });
  const left = columns.map(
    ({ paint, cell, ...column }): Column<Line> => ({
      ...column,
      cell: ({ row }) => (row === undefined ? '' : cell(row)),
      ...(paint ? { paint: ({ row }) => (row === undefined ? undefined : paint(row)) } : {}),
    }),
  );
  const right = notes.map(
    ({ header, short, faint }, i): Column<Line> => ({
      ...{ header, align: 'left', cell: ({ texts }) => texts[i]! },
      ...(short ? { min: widths[i]! } : {}),
      ...(faint ? { paint: () => palette.faint } : {}),
    }),
  );
  return drawTable([...left, ...right], lines, palette);
}

/** An equal share each; what short ones do not need goes to the others. */
function noteWidths<Row>({ rows, alike = rows, notes }: List<Row>, width: number): number[] {
  const room = width - GAP.length * notes.length;
  const needed = notes.map(({ short, texts }) =>
    short ? Math.min(longest(alike.flatMap(texts)), Math.floor(room / notes.length)) : undefined,
  );
  const left = needed.reduce<number>((rest, one = 0) => rest - one, room);
  const share = Math.floor(left / needed.filter((one) => one === undefined).length);
  return needed.map((one = share) => one);
}

function stacked<Row>({ rows, columns, notes }: List<Row>, { palette, width }: Look): string[] {
  const kept = keepImportant(columns, (some) => tableWidth(some, rows) < width);
  const [header, ...lines] = drawTable(kept, rows, palette);
  const under = (row: Row) =>
    notes.flatMap((note) => {
      const { texts, lead = '', faint } = note;
      const paint = faint ? palette.faint : (line: string) => line;
      return texts(row)
        .filter((text) => text !== '')
        .flatMap((text) => linesOf(lead + text, note, width - 1 - INDENT.length))
        .map((line) => INDENT + paint(line));
    });
  return [header!, ...lines.flatMap((line, i) => [line, ...under(rows[i]!)])];
}

function linesOf(text: string, { short }: { readonly short?: boolean }, width: number): string[] {
  if (!short) return wrap(text, width);
  return wrap(text, width - INDENT.length).map((line, i) => (i === 0 ? line : INDENT + line));
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
