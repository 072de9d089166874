import type { Palette } from './colours.js';
import * as format from './format.js';
import { clip, joinParts, keepImportant, type Part } from './line.js';
import { bar, sparkline } from './marks.js';
import type { Progress, ServiceProgress } from './progress.js';
import { type Column, drawTable, tableWidth } from './table.js';
import { paintErrors, totalsOf } from './totals.js';

type Ranked = Column<ServiceProgress> & { readonly importance: number };

/** Below this there is no room for a table. */
const NARROWEST_TABLE = 20;
const TREND = { least: 8, most: 60 };

/**
 * One picture of a run: lines shorter than `columns`, painted. The last column stays free: clearing
 * to the end of a full line would eat its last character.
 */
export function drawFrame(progress: Progress, palette: Palette, columns: number): string[] {
  const width = Math.max(1, columns - 1);
  const { services } = progress;
  return [
    joinParts(timeParts(progress, palette, width), '  ', width),
    ...(services.length > 0 && width >= NARROWEST_TABLE ? table(services, palette, width) : []),
    joinParts(totalParts(services, palette), ' · ', width),
    ...incidentLine(progress.incidents, palette, width),
  ];
}

function timeParts(progress: Progress, palette: Palette, width: number): Part[] {
  const { elapsed, duration, speed, worldTime } = progress;
  const date = { text: `${format.instant(worldTime)} UTC`, importance: 7, paint: palette.faint };
  const pace = { text: speed === 1 ? '' : `${speed}×`, importance: 6 };
  if (duration === undefined) {
    const end = { text: 'no end, Ctrl-C stops', importance: 1, paint: palette.faint };
    return [{ text: format.clock(elapsed), importance: 0, paint: palette.strong }, end, pace, date];
  }
  const time = `${format.clock(elapsed, duration)}/${format.clock(duration)}`;
  const share = duration > 0 ? Math.min(1, elapsed / duration) : 1;
  const { done, left } = bar(share, width >= 100 ? 30 : 10);
  return [
    { text: time, importance: 0, paint: palette.strong },
    { text: done + left, importance: 3, paint: () => palette.accent(done) + palette.faint(left) },
    { text: `${Math.floor(share * 100)}%`, importance: 5 },
    ...leftParts(Math.max(0, duration - elapsed), speed),
    pace,
    date,
  ];
}

/** World and wall seconds are the same at speed 1. The wall's matter more: they are waited for. */
function leftParts(left: number, speed: number): Part[] {
  if (speed === 1) return [{ text: `${format.duration(Math.ceil(left))} left`, importance: 1 }];
  const wall = Math.ceil(left / speed);
  return [
    { text: `world ${format.duration(Math.ceil(left))} left`, importance: 2 },
    { text: `wall ${format.duration(wall)} left`, importance: 1 },
  ];
}

function table(services: readonly ServiceProgress[], palette: Palette, width: number): string[] {
  const all = serviceColumns(palette, width);
  const trend = all.at(-1)!;
  const chosen = keepImportant(all, (kept) => tableWidth(kept, services) <= width);
  const room = Math.min(TREND.most, TREND.least + width - tableWidth(chosen, services));
  const grown = { ...trend, cell: (row: ServiceProgress) => sparkline(row.rates, room) };
  return drawTable(
    chosen.map((column) => (column === trend ? grown : column)),
    services,
    palette,
  );
}

function serviceColumns(palette: Palette, width: number): Ranked[] {
  const count = width < 99 ? format.shortCount : format.count;
  return [
    {
      ...{ header: 'service', importance: 0, align: 'left', paint: () => palette.strong },
      cell: ({ name }) => clip(name, Math.min(20, width - 10)),
    },
    { header: 'requests', importance: 1, cell: ({ requests }) => count(requests) },
    { header: 'rate', importance: 4, min: 6, cell: ({ rate }) => format.rate(rate) },
    { header: 'p95', importance: 3, min: 5, cell: ({ p95 }) => format.latency(p95) },
    {
      ...{ header: 'errors', importance: 2, paint: (row) => paintErrors(row, palette) },
      cell: ({ errors }) => count(errors),
    },
    {
      ...{ header: '%', importance: 9, min: 5, paint: (row) => paintErrors(row, palette) },
      cell: ({ errors, requests }) => format.percent(errors, requests),
    },
    { header: 'cost', importance: 7, min: 7, cell: ({ cost }) => format.dollars(cost) },
    { header: 'pushes', importance: 5, cell: ({ pushes }) => count(pushes.ok) },
    {
      ...{ header: 'failed', importance: 6, cell: ({ pushes }) => count(pushes.failed) },
      paint: ({ pushes }) => (pushes.failed > 0 ? palette.bad : palette.faint),
    },
    {
      ...{ header: 'trend', importance: 8, min: TREND.least, align: 'left' },
      ...{ cell: ({ rates }) => sparkline(rates, TREND.least), paint: () => palette.accent },
    },
  ];
}

/** What all services did together; it also says what a narrow table has no room for. */
function totalParts(services: readonly ServiceProgress[], palette: Palette): Part[] {
  const { cost, pushes } = totalsOf(services);
  const some = (n: number, what: string) => (n > 0 ? `${format.count(n)} ${what}` : '');
  return [
    { text: `pushes ${format.count(pushes.ok)} ok`, importance: 0 },
    { text: some(pushes.failed, 'failed'), importance: 1, paint: palette.bad },
    { text: some(pushes.retried, 'retried'), importance: 3, paint: palette.warn },
    { text: some(pushes.overtaken, 'overtaken'), importance: 4, paint: palette.warn },
    { text: cost === null ? '' : `cost ${format.dollars(cost)}`, importance: 2 },
  ];
}

function incidentLine(names: readonly string[], palette: Palette, width: number): string[] {
  if (names.length === 0) return [];
  const text = `${names.length === 1 ? 'incident' : 'incidents'}: ${names.join(', ')}`;
  return [palette.warn(clip(text, width))];
}
