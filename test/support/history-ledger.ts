import { lastValues } from '../../src/history/series/last-values.js';
import type { HistoryLedger } from '../../src/ledger/history-ledger.js';
import { SERVICES } from '../../src/services/catalogue.js';
import type { Service } from '../../src/services/service.js';
import { addStretch, emptyTotal } from '../../src/world/total.js';
import { createWorld, type WorldOptions } from '../../src/world/world.js';

export interface HistoryGiven extends Partial<WorldOptions> {
  readonly services?: readonly Service[];
  readonly scenario?: string | null;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** What a history from one instant to another, a minute a step, leaves beside its blocks. */
export function ledgerOfHistory({
  from,
  to,
  services = SERVICES,
  scenario,
  ...given
}: HistoryGiven) {
  const world = createWorld({ seed: 'history', rate: 1, profile: 'daily', ...given });
  const range = { from, to, step: 60, instance: 'demo', labels: { region: 'eu' } };
  return lastValues({ world, services, scenario: scenario ?? null, ...range }, ({ model }) => {
    const total = emptyTotal(model);
    addStretch(world, model, from, to, [total]);
    return total;
  }) satisfies HistoryLedger;
}
