import { sectionOf } from './runbook.js';

/** A rule file of Prometheus, as data. */
export interface RuleFile {
  readonly groups: readonly Group[];
}

export interface Group {
  readonly name: string;
  /** How often; Prometheus's `evaluation_interval` without it. */
  readonly interval?: string;
  readonly rules: readonly (Recording | Alert)[];
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** `critical` and `page` wake somebody; `warning` and `ticket` are for working hours. */
export type Severity = 'critical' | 'warning' | 'page' | 'ticket';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

export interface AlertParts {
  readonly severity: Severity;
  /** Labels beside the severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What has to hold, `and` each of the others. */
  readonly when: readonly string[];
  /** How long it has to hold before the alert fires. */
  readonly for?: string;
  /** What is the matter, always the same words. */
  readonly summary: string;
  /** The same with what it is about and how much, a template of Prometheus. */
  readonly description: string;
}

/** An alert whose section in the runbook is named like it. */
export function alert(name: string, parts: AlertParts): Alert {
  return {
    alert: name,
    expr: parts.when.join('\nand\n'),
    ...(parts.for === undefined ? {} : { for: parts.for }),
    labels: { severity: parts.severity, ...parts.labels },
    annotations: {
      summary: parts.summary,
      description: parts.description,
      runbook_url: sectionOf(name),
    },
  };
}
