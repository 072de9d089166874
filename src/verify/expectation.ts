import type { Delivery, GroupDelivery, Ledger } from '../ledger/ledger.js';
import type { GroupingKey } from '../pushgateway/grouping-key.js';
import { formatLabels, type Labels } from '../series.js';
import { canonical, canonicalValues, parseSeries } from './series-name.js';

/** A ledger of a run that pushed. */
export type DeliveredLedger = Ledger & { delivery: Delivery };

/** One counter, bucket or sum of a group, as the ledger has it. */
export interface Counter {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  /** What the run went on from. */
  readonly base: number;
  /** What the last push of the run says. */
  readonly final: number;
  /** What truly happened during the run, over all jobs of the slot. */
  readonly increment: number;
}

/** What one group should look like. */
export interface Expectation {
  /** For people: `chatapi {instance="a"}`. */
  readonly title: string;
  readonly key: GroupingKey;
  readonly group: GroupDelivery;
  readonly counters: readonly Counter[];
}

/** Gauges are left out: the next scrape or push may change them, and no truth is told of them. */
export function expectations({ truth, delivery }: DeliveredLedger): Expectation[] {
  return delivery.groups.map((group) => {
    const { job = '', ...labels } = group.key;
    const happened = truth.services[group.service]?.find((one) => one.job === group.job);
    const increments = canonicalValues(Object.entries(happened?.increments ?? {}));
    // A job that starts at zero has no base, whatever the group held.
    const base = canonicalValues(delivery.counters === 'fresh' ? [] : Object.entries(group.base));
    const counters: Counter[] = [];
    for (const [id, final] of canonicalValues(Object.entries(group.final))) {
      const series = parseSeries(id);
      if (!series || !(increments.has(id) || base.has(id))) continue;
      const from = base.get(id) ?? 0;
      const increment = increments.get(id) ?? 0;
      counters.push({ id, ...series, base: from, final, increment });
    }
    return { title: titleOf({ job, labels }), key: { job, labels }, group, counters };
  });
}

function titleOf({ job, labels }: GroupingKey): string {
  return Object.keys(labels).length > 0 ? `${job} ${formatLabels(labels)}` : job;
}

/** One label set of a histogram: its counters by bucket, smallest bound first. */
export interface Histogram {
  /** Without `_bucket` and `le`. */
  readonly id: string;
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly Counter[];
}

export function histogramsOf({ counters }: Expectation, bound: (le: string) => number) {
  const found = new Map<string, Histogram & { buckets: Counter[] }>();
  for (const counter of counters) {
    const { le, ...labels } = counter.labels;
    if (le === undefined || !counter.name.endsWith('_bucket')) continue;
    const name = counter.name.slice(0, -'_bucket'.length);
    const id = canonical({ name, labels });
    const known = found.get(id) ?? { id, name, labelNames: Object.keys(labels), buckets: [] };
    known.buckets.push(counter);
    found.set(id, known);
  }
  const le = ({ labels }: Counter) => bound(labels.le!);
  for (const { buckets } of found.values()) buckets.sort((a, b) => le(a) - le(b));
  return [...found.values()] as Histogram[];
}
