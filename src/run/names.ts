import { UsageError } from '../errors.js';
import { SERVICES } from '../services/catalogue.js';
import type { Service } from '../services/service.js';
import type { Scenario } from '../world/incidents.js';
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

/** @param others names that the option knows besides */
export function scenarioNamed(
  option: string,
  name: string,
  others: readonly string[] = [],
): Scenario {
  const scenario = findScenario(name);
  if (scenario) return scenario;
  throw new UsageError(`${option}: there is no scenario ${JSON.stringify(name)}`, {
    hint: `there are ${[...others, ...SCENARIOS.map((one) => one.name)].join(', ')}`,
  });
}
