import { UsageError } from '../../errors.js';
import { DATED_NAMES, incidentsFor } from '../../history/incidents.js';
import { scenarioNamed } from '../../run/names.js';
import type { ScheduledIncident } from '../../world/incidents.js';
import { DAY, MINUTES_PER_DAY } from '../../world/time.js';
import { parseDate, parseTime } from '../values.js';
import type { DayRange } from './range.js';

/**
 * The incidents of `--scenario`, oldest first: `year`, or `error-burst@2026-03-01T10:00:00Z`, and
 * more of them after commas.
 * @param now milliseconds since the epoch
 * @throws UsageError
 */
export function incidentsNamed(
  words: readonly string[],
  seed: string,
  { from, to }: DayRange,
  now: number,
): readonly ScheduledIncident[] {
  return words
    .flatMap((word) => {
      const { name, at } = playedOf(word, now);
      return incidentsFor(name, seed, from * MINUTES_PER_DAY, to * MINUTES_PER_DAY, at);
    })
    .sort((a, b) => a.from - b.from);
}

/** A scenario's name, and when it begins: a date is its first second. */
function playedOf(word: string, now: number): { name: string; at?: number } {
  const [, name = '', time] = /^([^@]*)(?:@(.*))?$/s.exec(word) ?? [];
  if (DATED_NAMES.includes(name)) {
    if (time === undefined) return { name };
    throw new UsageError(`--scenario: ${name} has no time of its own`, {
      hint: `write --scenario ${name}`,
    });
  }
  scenarioNamed('--scenario', name, DATED_NAMES);
  if (time === undefined) {
    throw new UsageError(`--scenario: ${name} needs the time at which it begins`, {
      hint: `write ${name}@2026-03-01 or ${name}@2026-03-01T10:00:00Z`,
    });
  }
  const isDate = /^\d{4}-\d\d-\d\d$/.test(time);
  const at = isDate ? parseDate('--scenario', time) * DAY : parseTime('--scenario', time, now);
  return { name, at };
}
