import { UsageError } from '../../errors.js';
import { DATED_NAMES, incidentsFor } from '../../history/incidents.js';
import { scenarioNamed } from '../../run/names.js';
import type { ScheduledIncident } from '../../world/incidents.js';
import { DAY } from '../../world/time.js';
import { parseDate, parseTime } from '../values.js';

/**
 * The incidents of `--scenario`, oldest first: `year`, or `error-burst@2026-03-01T10:00:00Z`, and
 * more of them after commas.
 * @param minutes since the epoch: the first, and the one after the last
 * @param now milliseconds since the epoch
 * @throws UsageError
 */
export function incidentsNamed(
  words: readonly string[],
  seed: string,
  minutes: { readonly from: number; readonly to: number },
  now: number,
): readonly ScheduledIncident[] {
  return words
    .flatMap((word) => {
      const { name, at } = playedOf(word, now);
      return incidentsFor(name, seed, minutes.from, minutes.to, at);
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
