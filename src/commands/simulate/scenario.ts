import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import type { AnyScenario } from '../../world/dated.js';
import { isFile, scenarioGiven } from '../scenario.js';

/**
 * The scenario that a run plays from its start on; undefined for `none`.
 * @param words those of `--scenario`
 * @throws UsageError for more than one, and for a date, which is a history's
 */
export async function scenarioPlayed(
  [word = '', ...more]: readonly string[],
  env: Pick<Env, 'readFile'>,
): Promise<AnyScenario | undefined> {
  if (more.length > 0) {
    throw new UsageError(`--scenario: a run plays one, not ${[word, ...more].join(' and ')}`, {
      hint: 'several incidents can stand in one file: ragmon scenarios error-burst shows its form',
    });
  }
  const [, name, time = ''] = /^(.+)@([^@/\\]*)$/.exec(word) ?? [];
  if (name !== undefined && !isFile(time)) {
    throw new UsageError(`--scenario ${word}: a run plays it from its start on, not at a date`, {
      hint: `write --scenario ${name}; dates are for ragmon backfill`,
    });
  }
  return await scenarioGiven('--scenario', word, env);
}
