import type { Env } from '../../env.js';
import { EXIT, UsageError } from '../../errors.js';
import { NO_SCENARIO, noScenario } from '../../run/names.js';
import { colours } from '../../ui/colours.js';
import { type AnyScenario, DATED, findDated } from '../../world/dated.js';
import type { Scenario } from '../../world/incidents.js';
import { findScenario, SCENARIOS } from '../../world/scenarios.js';
import { isFile } from '../scenario.js';
import { parametersDocument, scenariosDocument } from './document.js';
import type { ScenariosFlags } from './flags.js';

/** `ragmon scenarios`. Resolves to the exit code. */
export async function scenarios(
  name: string | undefined,
  flags: ScenariosFlags,
  env: Env,
): Promise<number> {
  const asked = [name !== undefined, flags.parameters, flags.schema, flags.check !== undefined];
  if (asked.filter(Boolean).length > 1) {
    throw new UsageError('a name, --parameters, --schema and --check each ask for something else', {
      hint: 'choose one',
    });
  }
  if (flags.markdown && flags.json) {
    throw new UsageError('--json and --markdown are two forms: choose one');
  }
  if (flags.markdown && (name !== undefined || flags.parameters || flags.schema)) {
    throw new UsageError('--markdown is a form of the list of scenarios');
  }
  env.stdout.write(`${await shown(name, flags, env)}\n`);
  return EXIT.done;
}

async function shown(name: string | undefined, flags: ScenariosFlags, env: Env): Promise<string> {
  const { json } = flags;
  if (flags.schema) {
    const { scenarioSchema } = await import('../scenario-schema.js');
    return JSON.stringify(scenarioSchema(), null, 2);
  }
  const { palette } = colours(env.stdout, env.vars, flags.color === false);
  const width = env.stdout.isTTY ? env.stdout.columns : Number.POSITIVE_INFINITY;
  const look = { palette, width };
  if (flags.parameters) {
    if (json) return JSON.stringify(parametersDocument());
    const { parameterLines } = await import('./words.js');
    return parameterLines(look).join('\n');
  }
  if (name !== undefined) {
    const one = scriptNamed(name);
    if (json) return JSON.stringify(scenariosDocument([one]));
    const { scenarioYaml } = await import('./write.js');
    return scenarioYaml(one).trimEnd();
  }
  const files = flags.check && (await (await import('./check.js')).checked(flags.check, env));
  if (flags.markdown) {
    const { scenariosMarkdown } = await import('./markdown.js');
    return scenariosMarkdown(files ?? SCENARIOS);
  }
  const all: readonly AnyScenario[] = files ?? [...SCENARIOS, ...DATED];
  if (json) return JSON.stringify(scenariosDocument(all));
  const { scenarioLines } = await import('./words.js');
  return scenarioLines(all, look).join('\n');
}

function scriptNamed(name: string): Scenario {
  if (isFile(name)) {
    throw new UsageError(`${name} is a file`, { hint: `write ragmon scenarios --check ${name}` });
  }
  const scenario = findScenario(name);
  if (scenario) return scenario;
  if (name === NO_SCENARIO || findDated(name)) {
    const what = name === NO_SCENARIO ? 'is no scenario at all' : 'is drawn from the seed';
    throw new UsageError(`scenarios: ${name} ${what}: there is no script of it`);
  }
  const scripts = SCENARIOS.map((one) => one.name);
  throw noScenario('scenarios', name, scripts);
}
