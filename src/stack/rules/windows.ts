import { THRESHOLDS } from '../thresholds.js';

/** One condition on the error budget: it is spent too fast over the long window, and still is. */
export interface BurnRate {
  readonly severity: 'page' | 'ticket';
  readonly long: string;
  /** A twelfth of the long one: it ends the alert soon after the trouble has ended. */
  readonly short: string;
  /** From the long window's beginning to the end of its first twelfth, seen from now. */
  readonly before: string;
  /** How many times as fast as would use up the budget in exactly 30 days. */
  readonly factor: number;
  readonly for: string;
}

/** Windows and factors of the SRE workbook (Alerting on SLOs), waits of kubernetes-mixin. */
export const BURN_RATES: readonly BurnRate[] = [
  { severity: 'page', long: '1h', short: '5m', before: '55m', factor: 14.4, for: '2m' },
  { severity: 'page', long: '6h', short: '30m', before: '5h30m', factor: 6, for: '15m' },
  { severity: 'ticket', long: '1d', short: '2h', before: '22h', factor: 3, for: '1h' },
  { severity: 'ticket', long: '3d', short: '6h', before: '66h', factor: 1, for: '3h' },
];

/** The share of requests that fail at which a budget is spent this fast. */
export function burnThreshold(factor: number): number {
  return Number((factor * (1 - THRESHOLDS.availability)).toPrecision(3));
}

/** Every window over which the error ratio is recorded. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** A share as people read it: `14.4%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}
