import { type AnyScenario, isDated } from '../../world/dated.js';
import { PARAMETER_NAMES, PARAMETERS } from '../../world/parameters.js';

// The lists for a program. Times are seconds.

export function scenariosDocument(all: readonly AnyScenario[]) {
  return {
    scenarios: all.map((scenario) => {
      const { name, summary } = scenario;
      if (isDated(scenario)) return { name, summary, dated: true };
      const { expect, may = [], within = null, needs = null, incidents } = scenario;
      return { ...{ name, summary, dated: false }, ...{ expect, may, within, needs, incidents } };
    }),
  };
}

export function parametersDocument() {
  return { parameters: PARAMETER_NAMES.map((name) => ({ name, ...PARAMETERS[name] })) };
}
