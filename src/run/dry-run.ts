import { UsageError } from '../errors.js';
import { createJobMetrics, type JobMetrics } from '../instruments/job-metrics.js';
import { registerRun } from '../instruments/run-metrics.js';
import type { Ledger } from '../ledger/ledger.js';
import { addStretch, emptyTotal, type Total } from '../world/total.js';
import { createWorld } from '../world/world.js';
import { gaugesAt, gaugesAtEnd } from './gauges.js';
import { ledgerOf } from './ledger.js';
import { infoOf, type Plan, type Slot } from './plan.js';

export interface DryRun {
  readonly ledger: Ledger;
  /** What the gateway would show after the run, text format 0.0.4, from counters at zero. */
  readonly text: string;
}

/** Plays the plan at once, without a gateway and without waiting. */
export async function dryRun(plan: Plan): Promise<DryRun> {
  const { options, incidents, end, slots } = plan;
  if (end === undefined) {
    throw new UsageError('--dry-run needs an end', { hint: 'give a --duration other than inf' });
  }
  const world = createWorld({ ...options, incidents });
  const played = options.services.flatMap((service) => {
    const own = slots.filter((slot) => slot.service === service);
    if (own.length === 0) return [];
    const totals = Array.from({ length: options.jobs }, () => emptyTotal(service.model));
    addStretch(world, service.model, options.start, end, totals);
    const gauges = gaugesAt(world, service, end, options.jobs);
    return own.map((slot) => ({
      ...slot,
      everything: totals[slot.job]!,
      metrics: metricsOf(plan, slot, totals[slot.job]!, gauges[slot.job]!),
    }));
  });
  return {
    ledger: ledgerOf(plan, end, played, null),
    text: await mergedText(played.map(({ metrics }) => metrics)),
  };
}

function metricsOf(plan: Plan, slot: Slot, total: Total, gauges: readonly number[]): JobMetrics {
  const { options, end } = plan;
  const metrics = createJobMetrics(slot.service);
  metrics.setTotal(total);
  metrics.setGauges(gaugesAtEnd(slot.service, gauges));
  registerRun(metrics.registry, infoOf(options), { start: options.start, lastSuccess: end! });
  metrics.registry.setDefaultLabels({ ...slot.key.labels, job: slot.key.job });
  return metrics;
}

/** One exposition of many jobs: each family once, with the lines of every job that has it. */
async function mergedText(jobs: readonly JobMetrics[]): Promise<string> {
  const families = new Map<string, string>();
  for (const { registry } of jobs) {
    for (const { name } of registry.getMetricsAsArray()) {
      const text = await registry.getSingleMetricAsString(name);
      const known = families.get(name);
      const lines = known === undefined ? text : text.replace(/^#.*\n/gm, '');
      families.set(name, known === undefined ? lines : `${known}\n${lines}`);
    }
  }
  return `${[...families.values()].join('\n\n')}\n`;
}
