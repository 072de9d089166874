import type { Env } from '../env.js';
import { UsageError } from '../errors.js';
import { scenarioNamed } from '../run/names.js';
import { type DatedScenario, isDated, playedAt, together } from '../world/dated.js';
import { changesWorld, type Scenario } from '../world/incidents.js';
import { DAY } from '../world/time.js';
import { FILE_NAMES, isFile, scenarioIn } from './scenario.js';
import { parseDate, parseTime } from './values.js';

type Files = Pick<Env, 'readFile'>;

/**
 * The scenarios of `--scenario` as one: `year`, or `error-burst@2026-03-01T10:00:00Z`, or
 * `mine.yaml@2026-03-01`. Its name is as they were written, and for a file says what it holds.
 * @throws UsageError
 */
export async function datedGiven(words: readonly string[], env: Files): Promise<DatedScenario> {
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  if (twice) throw new UsageError(`--scenario: ${twice} is given twice`);
  const given = await Promise.all(
    words.map(async (word) => ({ word, scenario: await scenarioOf(word, env) })),
  );
  if (given.length > 1 && given.some(({ scenario }) => scenario === undefined)) {
    throw new UsageError('--scenario: none is a world without any other');
  }
  const name = ({ word, scenario }: (typeof given)[0]) =>
    scenario !== undefined && isFile(word) ? scenario.name : word;
  return together(
    given.map(name).join(),
    given.flatMap(({ scenario }) => scenario ?? []),
  );
}

/** A scenario with dates, its own or the one that the word gives it; undefined for `none`. */
async function scenarioOf(word: string, env: Files): Promise<DatedScenario | undefined> {
  const [, name = '', time] = /^(.*?)(?:@([^@/\\]*))?$/s.exec(word) ?? [];
  const scenario = isFile(name)
    ? await scenarioIn(name, env)
    : scenarioNamed('--scenario', name, FILE_NAMES);
  if (scenario === undefined || isDated(scenario)) {
    if (time === undefined) return scenario;
    throw new UsageError(`--scenario: ${name} has no time of its own`, {
      hint: `write --scenario ${name}`,
    });
  }
  checkPast(scenario, name);
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

function checkPast({ incidents }: Scenario, name: string): void {
  if (incidents.some(changesWorld)) return;
  throw new UsageError(`--scenario: nothing of ${name} is in a history`, {
    hint: 'it is about the pushes of live jobs: play it with ragmon simulate',
  });
}
