import { closest } from '../closest.js';
import { UsageError } from '../errors.js';
import { SERVICES } from '../services/catalogue.js';
import type { Service } from '../services/service.js';
import { type AnyScenario, DATED, findDated } from '../world/dated.js';
import { findScenario, SCENARIOS } from '../world/scenarios.js';

// What people call things. `option` is where they wrote it, for the error.

/** Services in the catalogue's order, each once; `all` is every one. */
export function servicesNamed(option: string, names: readonly string[]): readonly Service[] {
  for (const name of names) {
    if (name !== 'all' && !SERVICES.some((service) => service.name === name)) {
      throw new UsageError(`${option}: there is no service ${JSON.stringify(name)}`, {
        hint: `there are ${SERVICES.map(nameAndPrefix).join(', ')}, and all`,
      });
    }
  }
  return SERVICES.filter(({ name }) => names.includes('all') || names.includes(name));
}

/** A metric prefix can differ from its service's name. */
function nameAndPrefix({ name, instruments }: Service): string {
  const prefix = instruments[0]?.name.split('_')[0];
  return prefix === name ? name : `${name} (whose metrics are ${prefix}_*)`;
}

/** What a world without incidents is called. */
export const NO_SCENARIO = 'none';

/**
 * A scenario, or undefined for `none`.
 * @param further what else may stand there, for the error
 */
export function scenarioNamed(
  option: string,
  name: string,
  further?: string,
): AnyScenario | undefined {
  if (name === NO_SCENARIO) return undefined;
  const scenario = findScenario(name) ?? findDated(name);
  if (scenario) return scenario;
  const names = [NO_SCENARIO, ...[...DATED, ...SCENARIOS].map((one) => one.name)];
  throw noScenario(option, name, names, further);
}

/**
 * @param names the scenarios that could have been meant
 * @param further what else may stand there
 */
export function noScenario(
  option: string,
  name: string,
  names: readonly string[],
  further?: string,
): UsageError {
  const guess = closest(name, names);
  const there = `there are ${names.join(', ')}${further === undefined ? '' : `; ${further}`}`;
  return new UsageError(`${option}: there is no scenario ${JSON.stringify(name)}`, {
    hint: guess === undefined ? there : `did you mean ${guess}? ${there}`,
  });
}
