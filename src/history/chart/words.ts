import { count, dollars, shortCount } from '../../ui/format.js';
import { lazy } from '../../world/recent.js';
import { type ChartIncident, type ChartRow, type Measure, sumOf } from './rows.js';

export interface Panel {
  readonly measure: Measure;
  readonly name: string;
  /** In front of its numbers: what they count. */
  readonly unit: string;
  /** In front of the numbers of its axis. */
  readonly prefix: string;
  readonly say: (n: number) => string;
}

/** The panels of a chart, from the top. */
export const PANELS: readonly Panel[] = [
  { measure: 'requests', name: 'Requests', unit: '', prefix: '', say: shortCount },
  cost('docstoreCost', 'Document store cost'),
  cost('llmCost', 'LLM cost'),
];

function cost(measure: Measure, name: string): Panel {
  return { measure, name, unit: 'US dollars', prefix: '$', say: dollars };
}

export const DEFAULT_TITLE = 'RAG requests and their cost';

/** `21 Nov 2025 – 20 Nov 2026` */
export function period(rows: readonly ChartRow[]): string {
  const ends = [rows[0], rows.at(-1)].map((row) => (row ? date(row.day) : ''));
  return ends[0] === ends[1] ? `${ends[0]}` : ends.join(' – ');
}

/** Under the title: the period, and why at some marks nothing is to be seen. */
export function subtitle(rows: readonly ChartRow[], marked: boolean): string {
  const caution = 'not every incident shows in a day’s requests or cost';
  return [period(rows), ...(marked ? [caution] : [])].join(' · ');
}

/** Made when it is needed: that takes longer than all of a start. */
const dates = lazy(
  () => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }),
);

/** A day since 1970-01-01: `20 Nov 2026`. */
export function date(day: number): string {
  return dates().format(day * 86_400_000);
}

/** What stands beside a panel's name: unit, total and mean. */
export function totals(rows: readonly ChartRow[], { measure, unit, say }: Panel): string {
  const sum = sumOf(rows, measure);
  const parts = [`total ${say(sum)}`, `mean ${say(sum / rows.length)} per day`];
  return [...(unit ? [unit] : []), ...parts].join(' · ');
}

/** The chart in words, for whoever cannot see it. */
export function description(
  rows: readonly ChartRow[],
  incidents: readonly ChartIncident[],
): string {
  const panels = PANELS.map((panel) => {
    const highest = rows.reduce((a, b) => (b[panel.measure] > a[panel.measure] ? b : a));
    const lowest = rows.reduce((a, b) => (b[panel.measure] < a[panel.measure] ? b : a));
    const at = (row: ChartRow) => `${panel.say(row[panel.measure])} on ${date(row.day)}`;
    const ends = `lowest ${at(lowest)}, highest ${at(highest)}`;
    return `${panel.name} per day: ${totals(rows, panel)}, ${ends}.`;
  });
  const marks = incidents.map(({ name, from }) => `${name} on ${date(Math.floor(from / 86_400))}`);
  const marked = marks.length === 0 ? 'No incident is marked.' : `Incidents: ${marks.join(', ')}.`;
  const days = `${count(rows.length)} ${rows.length === 1 ? 'day' : 'days'}`;
  return `Three panels over ${days}, ${period(rows)}, with 7-day means. ${panels.join(' ')} ${marked}`;
}
