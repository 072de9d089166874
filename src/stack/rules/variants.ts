import type { Alert } from './rule.js';
import { rulesFor } from './rules.js';

/** Every alert that ships. */
export const ALERTS: readonly Alert[] = Object.values(rulesFor()).flatMap(({ groups }) =>
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule] : []))),
);

const names = ALERTS.map(({ alert }) => alert);
const SHARED = new Set(names.filter((name, i) => names.indexOf(name) !== i));

/**
 * What an alert is called where it is told from all others: by its name, and where several have that,
 * by its long window or its severity as well: `ErrorBudgetBurn 1h`, `HighCostBurn warning`.
 * @param labels at least those that its rule gives it
 */
export function variantOf(alert: string, labels: Readonly<Record<string, string>>): string {
  return SHARED.has(alert) ? `${alert} ${labels.long ?? labels.severity}` : alert;
}

export const VARIANTS: readonly string[] = ALERTS.map(({ alert, labels }) =>
  variantOf(alert, labels),
);
