import type { Service } from '../../services/service.js';
import type { Palette } from '../../ui/colours.js';
import { count } from '../../ui/format.js';
import { keepImportant, wrap } from '../../ui/line.js';
import { type Column, drawTable, tableWidth } from '../../ui/table.js';
import { type CatalogueLabel, GROUP_ROWS, type MetricRow, rowsOf, seriesOf } from './rows.js';

// The catalogue as people read it.

/** `endpoint = search, answer` for each label; those that take any value together, by name. */
export function labelTexts(labels: readonly CatalogueLabel[], quote: '`' | '' = ''): string[] {
  const quoted = (name: string) => `${quote}${name}${quote}`;
  const open = labels.filter(({ values }) => values === undefined);
  const closed = labels.flatMap(({ name, values }) =>
    values === undefined ? [] : [`${quoted(name)} = ${values.join(', ')}`],
  );
  return open.length === 0 ? closed : [...closed, open.map(({ name }) => quoted(name)).join(', ')];
}

/** One line of the table: the first of a metric, or one that goes on with its labels and help. */
interface Line {
  readonly metric: MetricRow | undefined;
  readonly labels: string;
  readonly help: string;
}

interface Look {
  readonly palette: Palette;
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
}

/** From here on labels and help stand beside a metric, not under it. */
const WIDE = 140;

/**
 * Every metric of the services, and those of every group. Text that is too long is broken between
 * words; without a terminal a metric is one line.
 */
export function catalogueLines(services: readonly Service[], look: Look): string[] {
  const { palette, width } = look;
  const sections = [
    ...services.map((service) => {
      const rows = rowsOf(service);
      return { name: service.name, note: `${count(seriesOf(rows))} series a job`, rows };
    }),
    { name: 'ragmon', note: 'in every group, whose labels are job and instance', rows: GROUP_ROWS },
  ];
  // Columns stand alike in all sections, so that they read as one table.
  const all = sections.flatMap(({ rows }) => rows);
  const draw = width < WIDE ? stacked : width < Number.POSITIVE_INFINITY ? wrapped : plain;
  return sections.flatMap(({ name, note, rows }, i) => [
    ...(i === 0 ? [] : ['']),
    `${palette.strong(name)}  ${palette.faint(note)}`,
    ...draw(rows, all, look),
  ]);
}

type Draw = (rows: readonly MetricRow[], all: readonly MetricRow[], look: Look) => string[];

/** A line a metric, for `grep` and for long lines. */
const plain: Draw = (rows, all, look) => {
  const min = longest(all.map(({ labels }) => labelTexts(labels).join('; ')));
  const lines = rows.map((metric) => ({
    ...{ metric, labels: labelTexts(metric.labels).join('; '), help: metric.help },
  }));
  return drawTable([...fixed(all, look), ...texts(min, look)], lines, look.palette);
};

/** Labels and help beside the metric, in columns that share the room. */
const wrapped: Draw = (rows, all, look) => {
  const columns = fixed(all, look);
  const room = look.width - 1 - tableWidth(columns, []) - 2 * GAP;
  const needed = longest(all.flatMap(({ labels }) => labelTexts(labels)));
  const forLabels = Math.min(needed, Math.floor(room / 2));
  const lines = rows.flatMap((metric) => {
    const left = labelTexts(metric.labels).flatMap((text) => hanging(text, forLabels));
    const right = wrap(metric.help, room - forLabels);
    return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => ({
      metric: i === 0 ? metric : undefined,
      ...{ labels: left[i] ?? '', help: right[i] ?? '' },
    }));
  });
  return drawTable([...columns, ...texts(forLabels, look)], lines, look.palette);
};

/** Labels and help under the metric. */
const stacked: Draw = (rows, all, look) => {
  const { palette, width } = look;
  const columns = keepImportant(fixed(all, look), (kept) => tableWidth(kept, []) < width);
  const room = width - 1 - INDENT.length;
  const [header, ...lines] = drawTable(
    columns,
    rows.map((metric) => ({ metric, labels: '', help: '' })),
    palette,
  );
  return [
    header!,
    ...lines.flatMap((line, i) => {
      const { labels, help } = rows[i]!;
      const under = labelTexts(labels).flatMap((text) => hanging(text, room));
      return [
        line,
        ...under.map(indented),
        ...wrap(help, room).map((text) => indented(palette.faint(text))),
      ];
    }),
  ];
};

const GAP = 2;
const INDENT = '  ';

/** Columns as wide as the widest metric of all sections needs. */
function fixed(all: readonly MetricRow[], { palette }: Look) {
  const columns: (Column<Line> & { readonly importance: number })[] = [
    {
      ...{ header: 'metric', align: 'left', importance: 0, min: longest(all.map((m) => m.name)) },
      ...{ cell: ({ metric }) => metric?.name ?? '', paint: () => palette.accent },
    },
    {
      ...{ header: 'type', align: 'left', importance: 1, min: longest(all.map((m) => m.type)) },
      cell: ({ metric }) => metric?.type ?? '',
    },
    {
      ...{ header: 'series', importance: 2, min: longest(all.map((m) => count(m.series))) },
      cell: ({ metric }) => (metric === undefined ? '' : count(metric.series)),
    },
  ];
  return columns;
}

function texts(min: number, { palette }: Look): Column<Line>[] {
  return [
    { header: 'labels', align: 'left', min, cell: ({ labels }) => labels },
    { header: 'help', align: 'left', cell: ({ help }) => help, paint: () => palette.faint },
  ];
}

function longest(all: readonly string[]): number {
  return Math.max(...all.map((text) => text.length));
}

/** Broken between words, the further lines a little to the right. */
function hanging(text: string, width: number): string[] {
  return wrap(text, width - INDENT.length).map((line, i) => (i === 0 ? line : indented(line)));
}

function indented(text: string): string {
  return `${INDENT}${text}`;
}
