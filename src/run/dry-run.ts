import type { Env } from '../env.js';
import { UsageError } from '../errors.js';
import { gaugesAt, gaugesAtEnd } from '../instruments/gauges.js';
import { createJobMetrics } from '../instruments/job-metrics.js';
import { layoutOf } from '../instruments/layout.js';
import { type Family, linesOf, writeLines } from '../instruments/lines.js';
import { runFamilies } from '../instruments/run-metrics.js';
import type { Ledger } from '../ledger/ledger.js';
import { DAY } from '../world/time.js';
import type { Total } from '../world/total.js';
import { addStretch, emptyTotal, sumOfTotals } from '../world/total.js';
import { createWorld } from '../world/world.js';
import { catchUp } from './catch-up.js';
import { hangingSince, hangsAt } from './incidents.js';
import { ledgerOf } from './ledger.js';
import type { Observer } from './observer.js';
import { infoOf, type Plan, type RunOptions, type Slot } from './plan.js';

export interface DryRun {
  readonly ledger: Ledger;
  /**
   * What the gateway would show after the run, text format 0.0.4, from counters at zero or from the
   * history's; of a job that hangs at the end what it showed when that began.
   */
  readonly text: string;
}

/**
 * Plays the plan at once, without a gateway and without waiting. A day at a time: so signals get
 * their turn.
 * @throws the signal's reason when that aborts
 */
export async function dryRun(
  plan: Plan,
  clock: Pick<Env, 'monotonic' | 'sleep'>,
  observer: Pick<Observer, 'note'>,
  stop: AbortSignal,
): Promise<DryRun> {
  const { options, incidents, end, slots } = plan;
  if (end === undefined) {
    throw new UsageError('--dry-run needs an end', { hint: 'give a --duration other than inf' });
  }
  const world = createWorld({ ...options, incidents });
  const gap =
    options.continued && (await catchUp(world, options, options.continued, clock, observer, stop));
  const crews = options.services.flatMap((service) => {
    const own = slots.filter((slot) => slot.service === service);
    if (own.length === 0) return [];
    const totals = Array.from({ length: options.jobs }, () => emptyTotal(service.model));
    return [{ service, own, totals }];
  });
  const playTo = async (from: number, until: number) => {
    for (let at = from; at < until; at += DAY) {
      const to = Math.min(until, at + DAY);
      for (const { service, totals } of crews) addStretch(world, service.model, at, to, totals);
      await clock.sleep(0);
      stop.throwIfAborted();
    }
  };
  /** What the gateway shows of these slots at an instant. */
  const shown = (at: number, which: (slot: Slot) => boolean) =>
    crews.flatMap(({ service, own, totals }) => {
      const before = gap?.get(service);
      const gauges = gaugesAt(world, service, at, options.jobs);
      return own.filter(which).flatMap((slot) => {
        const total = totals[slot.job]!;
        return expositionOf(
          slot,
          before ? sumOfTotals(service.model, [total, before]) : total,
          gauges[slot.job]!,
          options,
          at === end ? end : undefined,
        );
      });
    });
  const hangs = (slot: Slot) => hangsAt(plan.hangs, slot, end);
  const since = hangingSince(plan.hangs, end) ?? end;
  await playTo(options.start, since);
  const hung = shown(since, hangs);
  await playTo(since, end);
  const played = crews.flatMap(({ own, totals }) =>
    own.map((slot) => ({ ...slot, everything: totals[slot.job]! })),
  );
  const exposed = [...hung, ...shown(end, (slot) => !hangs(slot))];
  return { ledger: ledgerOf(plan, end, played, null), text: mergedText(exposed) };
}

/** A family of one job, with the labels of its group, and the values of its lines. */
interface Exposed {
  readonly family: Family;
  readonly values: readonly number[];
}

function expositionOf(
  { service, key }: Slot,
  total: Total,
  gauges: readonly number[],
  options: RunOptions,
  lastSuccess: number | undefined,
): Exposed[] {
  const metrics = createJobMetrics(service, options.continued?.final[service.name]);
  metrics.setTotal(total);
  metrics.setGauges(lastSuccess === undefined ? gauges : gaugesAtEnd(service, gauges));
  const values = metrics.values();
  const { families, ids } = layoutOf(service);
  const times = { start: options.start, ...(lastSuccess === undefined ? {} : { lastSuccess }) };
  const exposed = [
    ...families.map((family, i) => ({ family, values: ids[i]!.map((id) => values.get(id)!) })),
    ...runFamilies(infoOf(options), times).map(({ family, value }) => ({
      family,
      values: [value],
    })),
  ];
  const grouping = { ...key.labels, job: key.job };
  return exposed.map(({ family, values }) => ({
    family: { ...family, series: family.series.map((labels) => ({ ...labels, ...grouping })) },
    values,
  }));
}

/** One exposition of many jobs: each family once, with the lines of every job that has it. */
function mergedText(exposed: readonly Exposed[]): string {
  const merged = new Map<string, { family: Family; values: number[] }>();
  for (const { family, values } of exposed) {
    const known = merged.get(family.name);
    merged.set(family.name, {
      family: { ...family, series: [...(known?.family.series ?? []), ...family.series] },
      values: [...(known?.values ?? []), ...values],
    });
  }
  const all = [...merged.values()];
  return writeLines(
    linesOf(all.map(({ family }) => family)),
    all.flatMap(({ values }) => values),
  );
}
