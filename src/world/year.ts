import type { ScheduledIncident } from './incidents.js';
import type { Change } from './parameters.js';
import { CHANGES } from './scenarios.js';
import { dayKey, nameKey, Stream } from './stream.js';
import { dayOfMinute, MINUTES_PER_DAY, newYear, yearOf } from './time.js';

/** The scenario of a year of history: a handful of incidents in every calendar year. */
export const YEAR = {
  name: 'year',
  summary: 'a handful of seeded incidents in every calendar year, on dates of their own',
};

/** A kind of incident that a year may hold, once at most. */
interface Kind {
  readonly name: string;
  /** How long it takes, in minutes. */
  readonly least: number;
  readonly most: number;
  readonly change: Change;
}

const HOUR = 60;

/** Milder and longer than in a scenario: a year is there to be looked at, not to fire alerts. */
const KINDS: readonly Kind[] = [
  { name: 'latency-spike', least: 20, most: 90, change: CHANGES.latencySpike },
  { name: 'error-burst', least: 1 * HOUR, most: 5 * HOUR, change: CHANGES.errorBurst },
  { name: 'docstore-outage', least: 15, most: 75, change: CHANGES.docstoreOutage },
  {
    name: 'traffic-surge',
    least: 6 * HOUR,
    most: 18 * HOUR,
    change: { multiply: { traffic: 1.6 } },
  },
  {
    name: 'prompt-bloat',
    least: 12 * HOUR,
    most: 36 * HOUR,
    change: { multiply: { 'chatapi.input_tokens': 2.5 } },
  },
  {
    name: 'cold-cache',
    least: 3 * HOUR,
    most: 9 * HOUR,
    change: { set: { 'vectorlens.semantic_hit': 0.1 } },
  },
  {
    name: 'slow-provider',
    least: 2 * HOUR,
    most: 6 * HOUR,
    change: { multiply: { 'chatapi.latency': 4 } },
  },
  {
    name: 'rate-limit-cut',
    least: 1 * HOUR,
    most: 4 * HOUR,
    change: { multiply: { 'chatapi.rate_limit': 0.02 } },
  },
];

/** Incidents in a year. */
const LEAST = 5;
const MOST = 8;

/**
 * The incidents of the scenario `year` that touch the minutes `from` up to, not including, `to`:
 * in order of time, each with all of its minutes, those outside of the range too. Seed and
 * calendar year decide them, so that every range sees the same.
 */
export function yearIncidents(
  seed: string,
  from: number,
  to: number,
): readonly ScheduledIncident[] {
  if (to <= from) return [];
  const first = yearOf(dayOfMinute(from));
  const last = yearOf(dayOfMinute(to - 1));
  const years = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return years
    .flatMap((year) => incidentsOf(seed, year))
    .filter((incident) => incident.from < to && from < incident.to);
}

/**
 * A year cut into equal parts, with one incident somewhere in each: so none meets another, and none
 * crosses New Year. What is drawn for a kind is keyed by its name.
 */
function incidentsOf(seed: string, year: number): ScheduledIncident[] {
  const start = newYear(year) * MINUTES_PER_DAY;
  const minutes = newYear(year + 1) * MINUTES_PER_DAY - start;
  const key = dayKey(seed, YEAR.name, 'incidents', newYear(year));
  const stream = new Stream();
  /** A whole number from `least` to `most`. */
  const whole = (least: number, most: number) =>
    least + Math.floor(stream.next() * (most - least + 1));

  stream.seek(key, 0);
  const count = whole(LEAST, MOST);
  return KINDS.map((kind) => ({ kind, key: nameKey(kind.name) }))
    .map((each) => ({ ...each, rank: stream.seek(key, 1, each.key).next() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ kind: { name, least, most, change }, key: own }, part) => {
      stream.seek(key, 2, own);
      const length = whole(least, most);
      const from = whole(
        start + Math.ceil((part * minutes) / count),
        start + Math.floor(((part + 1) * minutes) / count) - length,
      );
      return { name, scenario: YEAR.name, from, to: from + length, change };
    });
}
