import { SERVICES } from '../../services/catalogue.js';
import { METRICS } from '../metrics.js';
import type { Alert, Recording } from './rule.js';
import { rulesFor } from './rules.js';
import { variantOf } from './variants.js';

/** What an alert looks at. */
export interface LooksAt {
  /** Names of the services whose metrics it reads, itself or through what is recorded. */
  readonly services: ReadonlySet<string>;
  /** Whether it adds them up: then it needs all of them. Otherwise it fires for each that is there. */
  readonly together: boolean;
}

/**
 * What the alerts of this name, or the one variant, look at; no service where it is unknown, or about
 * groups alone.
 */
export function looksAt(named: string): LooksAt {
  const rules = Object.values(rulesFor()).flatMap(({ groups }) =>
    groups.flatMap((group) => group.rules),
  );
  const recordings = new Map(rules.filter(isRecording).map(({ record, expr }) => [record, expr]));
  const services = new Set<string>();
  let together = false;
  const read = (expr: string) => {
    together ||= /\bsum without \(job\)/.test(expr);
    for (const [name] of expr.matchAll(/[a-z_:][\w:]*/gi)) {
      const recorded = recordings.get(name);
      if (recorded !== undefined) read(recorded);
      const service = SERVICES.find((one) => one.name === METRICS.get(name)?.from);
      if (service) services.add(service.name);
    }
  };
  for (const rule of rules) {
    if (isRecording(rule)) continue;
    if ([rule.alert, variantOf(rule.alert, rule.labels)].includes(named)) read(rule.expr);
  }
  return { services, together };
}

function isRecording(rule: Recording | Alert): rule is Recording {
  return 'record' in rule;
}
