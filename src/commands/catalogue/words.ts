import type { Service } from '../../services/service.js';
import type { Palette } from '../../ui/colours.js';
import { count } from '../../ui/format.js';
import { type List, type Look, listLines } from '../../ui/list.js';
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

/** Every metric of the services, and those of every group. */
export function catalogueLines(services: readonly Service[], look: Look): string[] {
  const { palette } = look;
  const sections = [
    ...services.map((service) => {
      const rows = rowsOf(service);
      return { name: service.name, note: `${count(seriesOf(rows))} series a job`, rows };
    }),
    { name: 'ragmon', note: 'in every group, whose labels are job and instance', rows: GROUP_ROWS },
  ];
  // Columns stand alike in all sections, so that they read as one table.
  const alike = sections.flatMap(({ rows }) => rows);
  return sections.flatMap(({ name, note, rows }, i) => [
    ...(i === 0 ? [] : ['']),
    `${palette.strong(name)}  ${palette.faint(note)}`,
    ...listLines({ rows, alike, ...described(palette) }, look),
  ]);
}

function described(palette: Palette): Pick<List<MetricRow>, 'columns' | 'notes'> {
  return {
    columns: [
      {
        ...{ header: 'metric', align: 'left', importance: 0, cell: ({ name }) => name },
        paint: () => palette.accent,
      },
      { header: 'type', align: 'left', importance: 1, cell: ({ type }) => type },
      { header: 'series', importance: 2, cell: ({ series }) => count(series) },
    ],
    notes: [
      { header: 'labels', short: true, texts: ({ labels }) => labelTexts(labels) },
      { header: 'help', faint: true, texts: ({ help }) => [help] },
    ],
  };
}
