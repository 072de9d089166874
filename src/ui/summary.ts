import type { Progress, ServiceProgress } from './progress.js';
import { type Totals, totalsOf } from './totals.js';

/** What the summary says beyond the numbers. Times are RFC 3339, as in the ledger. */
export interface RunFacts {
  readonly runId: string;
  readonly seed: string;
  /** World time: up to, not including, `end`. */
  readonly start: string;
  readonly end: string;
  readonly scenario: string | null;
  readonly incidents: readonly Incident[];
  /** Without credentials. */
  readonly gateway: string;
  /** Whether the run started that gateway itself. */
  readonly embedded: boolean;
  readonly ledgerPath?: string | undefined;
  /** The signal that ended the run before its time; null where none did. */
  readonly stoppedBy: string | null;
  /** Groups that are not as the run should leave them, and why. */
  readonly failures: readonly { readonly group: string; readonly error: string }[];
}

export interface Incident {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

export interface ServiceSummary extends Totals {
  readonly name: string;
  /** Seconds; null where there was no request. */
  readonly p95: number | null;
}

/** The end of a run, for a person (`renderSummary`) and, as it is, for `--json`. */
export interface Summary extends RunFacts {
  /** World seconds played, and asked for: null where the run had no end. */
  readonly elapsed: number;
  readonly duration: number | null;
  readonly speed: number;
  readonly services: readonly ServiceSummary[];
  readonly total: Totals;
}

export function summarise(progress: Progress, facts: RunFacts): Summary {
  return {
    ...facts,
    elapsed: progress.elapsed,
    duration: progress.duration ?? null,
    speed: progress.speed,
    services: progress.services.map(serviceSummary),
    total: totalsOf(progress.services),
  };
}

function serviceSummary(service: ServiceProgress): ServiceSummary {
  return { name: service.name, p95: service.p95 ?? null, ...totalsOf([service]) };
}
