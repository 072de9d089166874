import { count, dollars, shortCount } from '../../ui/format.js';
import { type ChartIncident, type ChartRow, type Measure, sumOf } from './rows.js';

/** The panels of a chart, from the top, and how their numbers read. */
export const PANELS: readonly {
  readonly measure: Measure;
  readonly name: string;
  /** Behind the name. */
  readonly unit: string;
  /** Of the axis: `{value}` stands for its number. */
  readonly axis: string;
  readonly say: (n: number) => string;
}[] = [
  { measure: 'requests', name: 'Requests', unit: 'per day', axis: '{value}', say: shortCount },
  cost('docstoreCost', 'Document store cost'),
  cost('llmCost', 'LLM cost'),
];

function cost(measure: Measure, name: string) {
  return { measure, name, unit: 'US dollars per day', axis: '${value}', say: dollars };
}

export const DEFAULT_TITLE = 'RAG requests and their cost';

/** `21 Nov 2025 – 20 Nov 2026` */
export function period(rows: readonly ChartRow[]): string {
  const ends = [rows[0], rows.at(-1)].map((row) => (row ? date(row.day) : ''));
  return ends[0] === ends[1] ? `${ends[0]}` : ends.join(' – ');
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A day since 1970-01-01: `20 Nov 2026`. */
export function date(day: number): string {
  return DATE.format(day * 86_400_000);
}

/** What stands beside a panel's name: its total and its mean. */
export function totals(rows: readonly ChartRow[], panel: (typeof PANELS)[number]): string {
  const sum = sumOf(rows, panel.measure);
  return `total ${panel.say(sum)} · mean ${panel.say(sum / rows.length)} per day`;
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
    return `${panel.name}, ${panel.unit}: ${totals(rows, panel)}, ${ends}.`;
  });
  const marks = incidents.map(({ name, from }) => `${name} on ${date(Math.floor(from / 86_400))}`);
  const marked = marks.length === 0 ? 'No incident is marked.' : `Incidents: ${marks.join(', ')}.`;
  const days = `${count(rows.length)} ${rows.length === 1 ? 'day' : 'days'}`;
  return `Three panels over ${days}, ${period(rows)}, with 7-day means. ${panels.join(' ')} ${marked}`;
}
