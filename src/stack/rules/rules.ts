import { errorRules } from './errors.js';
import { jobRules } from './jobs.js';
import { latencyRules } from './latency.js';
import { paceOf } from './pace.js';
import { pushgatewayRules } from './pushgateway.js';
import type { RuleFile } from './rule.js';
import { RUNBOOK, sectionOf } from './runbook.js';
import { spendingRules } from './spending.js';

export interface RuleOptions {
  /**
   * On every window and every wait; 1 by default, as shipped. A test that cannot wait takes 1/60:
   * seconds for minutes. Names, numbers of samples and dollars stay as they are.
   */
  readonly scale?: number;
  /** The address of `alerts/README.md`, where it has one. */
  readonly runbook?: string;
}

/**
 * The rule files of the stack, by name. In each, recordings come first and then the alerts that read
 * them, in one group: rules of a group are evaluated in order, for the same instant.
 */
export function rulesFor({
  scale = 1,
  runbook = RUNBOOK,
}: RuleOptions = {}): Readonly<Record<string, RuleFile>> {
  const pace = paceOf(scale);
  const files = {
    'latency.yml': latencyRules(pace),
    'errors.yml': errorRules(pace),
    'spending.yml': spendingRules(pace),
    'jobs.yml': jobRules(pace),
    'pushgateway.yml': pushgatewayRules(pace),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, withRunbook(file, runbook)]),
  );
}

/** The same rules, with another place of the runbook. */
function withRunbook({ groups }: RuleFile, runbook: string): RuleFile {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => {
        if (!('alert' in rule)) return rule;
        const runbook_url = sectionOf(rule.alert, runbook);
        return { ...rule, annotations: { ...rule.annotations, runbook_url } };
      }),
    })),
  };
}
