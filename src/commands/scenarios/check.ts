import { closest } from '../../closest.js';
import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import { VARIANTS } from '../../stack/rules/variants.js';
import type { Scenario } from '../../world/incidents.js';
import { scenarioIn } from '../scenario.js';
import { FORM_HINT } from '../scenario-file.js';

/**
 * The scenarios of files; on stderr, which alerts of theirs are nearly ragmon's own.
 * @throws UsageError with all that is wrong, file by file
 */
export async function checked(paths: readonly string[], env: Env): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  const wrong: UsageError[] = [];
  for (const path of paths) {
    try {
      scenarios.push(await scenarioIn(path, env));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      wrong.push(error);
    }
  }
  if (wrong.length > 0) throw asOne(wrong);
  for (const line of alertsMeant(scenarios)) env.stderr.write(`ragmon: ${line}\n`);
  return scenarios;
}

/** Hints of their own stand beside what they are about. */
function asOne(errors: readonly UsageError[]): UsageError {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  const lines = errors.map(({ message, hint }) =>
    hint === undefined || hint === FORM_HINT ? message : `${message} (${hint})`,
  );
  const form = errors.some(({ hint }) => hint === FORM_HINT);
  return new UsageError(lines.join('\n'), form ? { hint: FORM_HINT } : {});
}

/** Alerts of one's own may be expected; one that is nearly the name of one that ships hardly is. */
function alertsMeant(scenarios: readonly Scenario[]): string[] {
  const names = [...VARIANTS, ...VARIANTS.map((variant) => variant.split(' ')[0] as string)];
  return scenarios.flatMap(({ name, expect, may = [] }) =>
    [...expect, ...may].flatMap((alert) => {
      const guess = names.includes(alert) ? undefined : closest(alert, names);
      if (guess === undefined) return [];
      return [`${name}: alerts/ holds no alert ${JSON.stringify(alert)}; perhaps ${guess}?`];
    }),
  );
}
