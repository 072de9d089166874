import { stripVTControlCharacters } from 'node:util';
import type { Palette } from './colours.js';
import * as format from './format.js';
import { wrap } from './line.js';
import type { Incident, ServiceSummary, Summary } from './summary.js';
import { type Column, drawTable, splitTable } from './table.js';
import { paintErrors } from './totals.js';

const LABEL = 10;
const FAILURES = { errors: 5, groups: 3 };

/**
 * The summary of a run, for stdout. The table is cut into several where it is wider than `columns`,
 * text is broken between words; nothing is left out, and URLs and paths stay whole.
 */
export function renderSummary(summary: Summary, palette: Palette, columns: number): string {
  const lines = [
    ...tables(summary, palette, columns),
    '',
    ...facts(summary).flatMap(([label, text]) => fact(label, text, columns, palette.faint)),
    ...failures(summary).flatMap((text) => fact('failed', text, columns, palette.bad)),
  ];
  return `${lines.join('\n')}\n`;
}

const TOTAL = 'total';

function tables({ services, total }: Summary, palette: Palette, columns: number): string[] {
  const sum: ServiceSummary = { name: TOTAL, p95: null, ...total };
  const rows = services.length === 1 ? services : [...services, sum];
  const name: Column<ServiceSummary> = {
    ...{ header: 'service', align: 'left', cell: (row) => row.name },
    paint: () => palette.strong,
  };
  return splitTable(name, columnGroups(palette), rows, columns)
    .map((table) => drawTable(table, rows, palette))
    .flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

function columnGroups(palette: Palette): Column<ServiceSummary>[][] {
  const number = (
    header: string,
    read: (row: ServiceSummary) => number,
    paint?: Palette['bad'],
  ): Column<ServiceSummary> => ({
    ...{ header, cell: (row) => format.count(read(row)) },
    paint: (row) => (read(row) === 0 ? palette.faint : paint),
  });
  const painted = (row: ServiceSummary) => paintErrors(row, palette);
  // One user request is counted by every service that it reaches: they do not add up.
  const own = (column: Column<ServiceSummary>): Column<ServiceSummary> => ({
    ...column,
    cell: (row) => (row.name === TOTAL ? '–' : column.cell(row)),
    paint: (row) => (row.name === TOTAL ? undefined : column.paint?.(row)),
  });
  return [
    [
      number('jobs', (row) => row.jobs),
      own(number('requests', (row) => row.requests)),
      own({ ...number('errors', (row) => row.errors), paint: painted }),
      own({
        header: '%',
        cell: (row) => format.percent(row.errors, row.requests),
        paint: painted,
      }),
    ],
    [
      { header: 'p95', cell: ({ p95 }) => format.latency(p95) },
      { header: 'cost', cell: ({ cost }) => format.dollars(cost) },
    ],
    [
      number('pushes ok', ({ pushes }) => pushes.ok),
      number('retried', ({ pushes }) => pushes.retried, palette.warn),
      number('failed', ({ pushes }) => pushes.failed, palette.bad),
      number('overtaken', ({ pushes }) => pushes.overtaken, palette.warn),
    ],
  ];
}

/** What was played, where it went, and where to look next, as labels and texts. */
function facts(summary: Summary): [label: string, text: string][] {
  const { elapsed, duration, ledgerPath, speed, stoppedBy } = summary;
  const played = format.duration(elapsed);
  const asked = duration === null || duration === elapsed ? '' : ` of ${format.duration(duration)}`;
  const pace = speed === 1 ? '' : ` at ${speed}×`;
  const stopped = stoppedBy === null ? '' : `, stopped by ${stoppedBy}`;
  return [
    ['world', `${range(summary.start, summary.end, 19)} UTC (${played}${asked}${pace}${stopped})`],
    ['seed', `${summary.seed}, run ${summary.runId}`],
    ['scenario', scenario(summary)],
    ...where(summary),
    ...(ledgerPath === undefined ? [] : [['ledger', ledgerPath] satisfies [string, string]]),
  ];
}

/** An embedded gateway ends with the run: there is nothing to see any more. */
function where({ gateway, embedded }: Summary): [label: string, text: string][] {
  const base = gateway.replace(/\/+$/, '');
  if (embedded) return [['gateway', `${base} (embedded)`]];
  return [
    ['gateway', base],
    ['see', `${base}/metrics`],
  ];
}

function scenario({ scenario, incidents, start }: Summary): string {
  if (scenario === null) return 'none';
  const one = ({ name, from, to }: Incident) => {
    const sameDay = from.slice(0, 10) === start.slice(0, 10);
    return `${name} ${range(from, to, 16).slice(sameDay ? 11 : 0)}`;
  };
  return `${scenario} (${incidents.map(one).join(', ') || 'no incident'})`;
}

/** `2026-01-05 10:00:00–10:01:00`; with the second date when it is another. */
function range(from: string, to: string, digits: 16 | 19): string {
  const [a, b] = [from, to].map((time) => format.instant(Date.parse(time)).slice(0, digits));
  return a!.slice(0, 10) === b!.slice(0, 10) ? `${a}–${b!.slice(11)}` : `${a} – ${b}`;
}

/** Groups by what went wrong with them: a gateway that is away fails them all alike. */
function failures(summary: Summary): string[] {
  const groups = new Map<string, string[]>();
  for (const { group, error } of summary.failures) {
    // What a gateway answers may hold anything.
    const text = stripVTControlCharacters(error).replace(/[\p{Cc}\s]+/gu, ' ');
    groups.set(text, [...(groups.get(text) ?? []), group]);
  }
  const texts = [...groups].map(([error, names]) => {
    const more = names.length - FAILURES.groups;
    const rest = more > 0 ? ` and ${format.count(more)} more` : '';
    return `${names.slice(0, FAILURES.groups).join(', ')}${rest}: ${error}`;
  });
  const more = texts.length - FAILURES.errors;
  const shown = texts.slice(0, FAILURES.errors);
  return more > 0
    ? [...shown, `and ${format.count(more)} other error${more === 1 ? '' : 's'}`]
    : shown;
}

function fact(label: string, text: string, columns: number, paint: Palette['faint']): string[] {
  return wrap(text, columns - LABEL).map((line, i) =>
    i === 0 ? paint(label) + ' '.repeat(LABEL - label.length) + line : ' '.repeat(LABEL) + line,
  );
}
