import type { Env } from '../env.js';
import { messageOf, UsageError } from '../errors.js';
import { NO_SCENARIO, scenarioNamed } from '../run/names.js';
import { type AnyScenario, DATED } from '../world/dated.js';
import { SCENARIOS } from '../world/scenarios.js';

/** What `isFile` goes by, for whoever meant a file. */
export const FILE_NAMES = "a file's name ends in .yaml, .yml or .json, or has a / in it";

/** Whether what somebody calls a scenario is a file of one, with or without a date behind it. */
export function isFile(text: string): boolean {
  return /\.(ya?ml|json)(@|$)|[/\\]/i.test(text);
}

/**
 * A scenario by its name, or from a file of somebody's own; undefined for `none`.
 * @param option where it was written
 * @throws UsageError for a name that is none, and for a file that holds no scenario
 */
export async function scenarioGiven(
  option: string,
  text: string,
  env: Pick<Env, 'readFile'>,
): Promise<AnyScenario | undefined> {
  return isFile(text) ? await scenarioIn(text, env) : scenarioNamed(option, text, FILE_NAMES);
}

/** Names that are taken. */
const TAKEN = [NO_SCENARIO, ...[...DATED, ...SCENARIOS].map(({ name }) => name)];

/** The scenario that a file holds. */
export async function scenarioIn(path: string, env: Pick<Env, 'readFile'>) {
  const text = await env.readFile(path).catch((cause: unknown) => {
    throw new UsageError(`cannot read the scenario: ${messageOf(cause)}`, { cause });
  });
  const { readScenario } = await import('./scenario-file.js');
  return readScenario(path, text, TAKEN);
}
