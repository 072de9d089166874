import { UsageError } from '../../errors.js';
import { scenarioNamed } from '../../run/names.js';
import { type DatedScenario, isDated, playedAt, together } from '../../world/dated.js';
import type { ScheduledIncident } from '../../world/incidents.js';
import { DAY } from '../../world/time.js';
import { parseDate, parseTime } from '../values.js';

/**
 * The incidents of `--scenario`, oldest first: `year`, or `error-burst@2026-03-01T10:00:00Z`, and
 * more of them after commas.
 * @param minutes since the epoch: the first, and the one after the last
 * @throws UsageError
 */
export function incidentsNamed(
  words: readonly string[],
  seed: string,
  minutes: { readonly from: number; readonly to: number },
): readonly ScheduledIncident[] {
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  if (twice) throw new UsageError(`--scenario: ${twice} is given twice`);
  const scenarios = words.map((word) => {
    const scenario = scenarioOf(word);
    if (scenario === undefined && words.length > 1) {
      throw new UsageError('--scenario: none is a world without any other');
    }
    return scenario;
  });
  const all = together(
    words.join(),
    scenarios.filter((scenario) => scenario !== undefined),
  );
  return all.incidentsIn(seed, minutes.from, minutes.to);
}

/** A scenario with dates, its own or the one that the word gives it; undefined for `none`. */
function scenarioOf(word: string): DatedScenario | undefined {
  const [, name = '', time] = /^([^@]*)(?:@(.*))?$/s.exec(word) ?? [];
  const scenario = scenarioNamed('--scenario', name);
  if (scenario === undefined || isDated(scenario)) {
    if (time === undefined) return scenario;
    throw new UsageError(`--scenario: ${name} has no time of its own`, {
      hint: `write --scenario ${name}`,
    });
  }
  // Not relative to now: the same command tells of the same past tomorrow.
  if (time === undefined || /^now/.test(time)) {
    throw new UsageError(`--scenario: ${name} needs the date or time at which it begins`, {
      hint: `write ${name}@2026-03-01 or ${name}@2026-03-01T10:00:00Z`,
    });
  }
  // A date is its first second.
  const isDate = /^\d{4}-\d\d-\d\d$/.test(time);
  const at = isDate ? parseDate('--scenario', time) * DAY : parseTime('--scenario', time, 0);
  return playedAt(scenario, at);
}
