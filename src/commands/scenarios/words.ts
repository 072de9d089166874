import type { Palette } from '../../ui/colours.js';
import { count, DASH } from '../../ui/format.js';
import { keepImportant, wrap } from '../../ui/line.js';
import { type Column, drawTable, tableWidth } from '../../ui/table.js';
import { type AnyScenario, isDated } from '../../world/dated.js';
import type { Scenario } from '../../world/incidents.js';
import { PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../../world/parameters.js';
import { durationText } from './write.js';

// The lists as people read them.

interface Look {
  readonly palette: Palette;
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
}

/** A table, and what stands beside each row where there is room, or under it. */
interface List<Row> {
  readonly rows: readonly Row[];
  /** The least important go first. */
  readonly columns: readonly (Column<Row> & { readonly importance: number })[];
  readonly notes: readonly Note<Row>[];
}

interface Note<Row> {
  readonly header: string;
  readonly of: (row: Row) => string;
  /** Where it stands under its row. */
  readonly lead: string;
  readonly faint: boolean;
}

/** From here on notes stand beside a row. */
const WIDE = 140;
const GAP = 2;
const INDENT = '  ';

export function scenarioLines(all: readonly AnyScenario[], look: Look): string[] {
  const script = (read: (scenario: Exclude<AnyScenario, { incidentsIn: unknown }>) => string) => {
    return (row: AnyScenario) => (isDated(row) ? DASH : read(row));
  };
  const { palette } = look;
  return draw<AnyScenario>(
    {
      rows: all,
      columns: [
        {
          ...{ header: 'scenario', align: 'left', importance: 0, cell: ({ name }) => name },
          paint: () => palette.accent,
        },
        { header: 'begins', importance: 2, cell: script((one) => begins(one.incidents)) },
        { header: 'lasts', importance: 1, cell: script((one) => lasts(one.incidents)) },
        {
          ...{ header: 'alerts by', importance: 3 },
          cell: script(({ within }) => (within === undefined ? DASH : durationText(within))),
        },
        {
          ...{ header: 'needs', importance: 4 },
          cell: script(({ needs }) => (needs === undefined ? DASH : `${needs}/s`)),
        },
      ],
      notes: [
        {
          ...{ header: 'fires', lead: 'fires ', faint: false },
          of: (row) => (isDated(row) ? '' : fires(row)),
        },
        {
          header: 'what happens',
          lead: '',
          faint: true,
          of: ({ summary }) => summary.replace(/[\p{Cc}\s]+/gu, ' ').trim(),
        },
      ],
    },
    look,
  );
}

type Times = readonly { readonly offset: number; readonly duration: number }[];

function fires({ expect, may = [] }: Scenario): string {
  const surely = expect.join(', ') || 'nothing';
  return may.length === 0 ? surely : `${surely}; perhaps ${may.join(', ')}`;
}

/** From the start of a run to the first incident. */
function begins(incidents: Times): string {
  return durationText(Math.min(...incidents.map(({ offset }) => offset)));
}

/** From the start of the first incident to the end of the last. */
function lasts(incidents: Times): string {
  const end = Math.max(...incidents.map(({ offset, duration }) => offset + duration));
  return durationText(end - Math.min(...incidents.map(({ offset }) => offset)));
}

export function parameterLines(look: Look): string[] {
  const number = (n: number) => (n >= 1000 ? count(n) : String(n));
  return draw<ParameterName>(
    {
      rows: PARAMETER_NAMES,
      columns: [
        {
          ...{ header: 'parameter', align: 'left', importance: 0, cell: (name) => name },
          paint: () => look.palette.accent,
        },
        { header: 'kind', align: 'left', importance: 3, cell: (name) => PARAMETERS[name].kind },
        { header: 'normal', importance: 1, cell: (name) => number(PARAMETERS[name].normal) },
        {
          ...{ header: 'limits', importance: 2 },
          cell: (name) => `${number(PARAMETERS[name].least)} to ${number(PARAMETERS[name].most)}`,
        },
      ],
      notes: [{ header: 'meaning', lead: '', faint: true, of: (name) => PARAMETERS[name].meaning }],
    },
    look,
  );
}

/** Beside each other on a wide terminal, and without one, a line a row; else notes under their rows. */
function draw<Row>(list: List<Row>, look: Look): string[] {
  if (look.width === Number.POSITIVE_INFINITY) return plain(list, look);
  return look.width < WIDE ? stacked(list, look) : wrapped(list, look);
}

function noteColumn<Row>({ header, of, faint }: Note<Row>, { palette }: Look): Column<Row> {
  return { header, align: 'left', cell: of, ...(faint ? { paint: () => palette.faint } : {}) };
}

function plain<Row>({ rows, columns, notes }: List<Row>, look: Look): string[] {
  return drawTable(
    [...columns, ...notes.map((note) => noteColumn(note, look))],
    rows,
    look.palette,
  );
}

function wrapped<Row>({ rows, columns, notes }: List<Row>, look: Look): string[] {
  const room = look.width - 1 - tableWidth(columns, rows) - GAP * notes.length;
  const widths = notes.map(() => Math.floor(room / notes.length));
  interface Line {
    readonly row: Row | undefined;
    readonly texts: readonly string[];
  }
  const lines = rows.flatMap((row) => {
    const texts = notes.map(({ of }, i) => wrap(of(row), widths[i]!));
    const height = Math.max(...texts.map(({ length }) => length));
    return Array.from(
      { length: height },
      (_, i): Line => ({
        row: i === 0 ? row : undefined,
        texts: texts.map((text) => text[i] ?? ''),
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
    (note, i): Column<Line> => ({
      ...{ header: note.header, align: 'left', cell: ({ texts }) => texts[i]! },
      ...(note.faint ? { paint: () => look.palette.faint } : {}),
    }),
  );
  return drawTable([...left, ...right], lines, look.palette);
}

function stacked<Row>({ rows, columns, notes }: List<Row>, { palette, width }: Look): string[] {
  const kept = keepImportant(columns, (some) => tableWidth(some, rows) < width);
  const [header, ...lines] = drawTable(kept, rows, palette);
  const under = (row: Row) =>
    notes.flatMap(({ of, lead, faint }) => {
      const text = of(row);
      if (text === '') return [];
      const paint = faint ? palette.faint : (line: string) => line;
      return wrap(lead + text, width - 1 - INDENT.length).map((line) => INDENT + paint(line));
    });
  return [header!, ...lines.flatMap((line, i) => [line, ...under(rows[i]!)])];
}
