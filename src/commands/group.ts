import type { Env } from '../env.js';
import { UsageError } from '../errors.js';
import { labelProblem } from '../run/labels.js';
import { servicesNamed } from '../run/names.js';
import type { Service } from '../services/service.js';
import { words } from './values.js';

// Flags that say which groups are meant, where several commands have them.

/** `--service a,b --service c` */
export function servicesOf(given: readonly string[]): readonly Service[] {
  return servicesNamed('--service', words(given));
}

/** `--instance`, its variable, or this machine's name. */
export function instanceOf(flags: { readonly instance?: string }, env: Env): string {
  const instance = flags.instance ?? (env.vars.RAGMON_INSTANCE || env.hostname);
  if (instance === '') throw new UsageError('--instance must not be empty');
  return instance;
}

/** `--label team=search --label env=demo` */
export function labelsOf(
  pairs: readonly string[],
  services: readonly Service[],
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--label: ${JSON.stringify(pair)} is not name=value`);
    }
    const bad = labelProblem(name, value, services);
    if (bad) throw new UsageError(`--label: ${bad.problem}`, bad.hint ? { hint: bad.hint } : {});
    if (Object.hasOwn(result, name)) throw new UsageError(`--label: ${name} is given twice`);
    result[name] = value;
  }
  return result;
}
