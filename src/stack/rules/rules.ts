import { budgetAlerts } from './budget.js';
import { gatewayAlerts, jobAlerts } from './jobs.js';
import { paceOf } from './pace.js';
import { qualityAlerts } from './quality.js';
import { recordingGroups } from './records.js';
import type { RuleFile } from './rule.js';
import { spendingAlerts } from './spending.js';

export interface RuleOptions {
  /**
   * On every window and every wait; 1 by default, as shipped. A test that cannot wait takes 1/60:
   * seconds for minutes. Names, numbers of samples and dollars stay as they are.
   */
  readonly scale?: number;
}

/** The rule files of the stack, by name. */
export function rulesFor({ scale = 1 }: RuleOptions = {}): Readonly<Record<string, RuleFile>> {
  const pace = paceOf(scale);
  return {
    'ragmon.rules.yml': { groups: recordingGroups(pace) },
    'ragmon.alerts.yml': {
      groups: [
        { name: 'ragmon-quality-alerts', rules: qualityAlerts(pace) },
        { name: 'ragmon-error-budget-alerts', rules: budgetAlerts(pace) },
        { name: 'ragmon-spending-alerts', rules: spendingAlerts(pace) },
        { name: 'ragmon-job-alerts', rules: jobAlerts(pace) },
        { name: 'ragmon-gateway-alerts', rules: gatewayAlerts(pace) },
      ],
    },
  };
}
