import type { Delivery } from '../ledger/ledger.js';
import type { Counter, Expectation } from './expectation.js';
import { sameValue } from './finding.js';

/** Unix seconds of a scrape, and what it found. */
export type Sample = readonly [time: number, value: number];
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** From which scrape to which a run is looked at, both included; Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Whether the first of them still saw what the group held before a `fresh` run. */
  readonly beforeFresh: boolean;
}

/** How far to look before and after a run, in seconds; as far back as PromQL looks by default. */
const MARGIN = 300;

/** Where the samples of a run are looked for: Unix seconds. */
export function searchRange(delivery: Delivery, scrapeInterval: number, now: number) {
  const margin = Math.max(MARGIN, 2 * scrapeInterval);
  const end = Date.parse(delivery.endedAt) / 1000 + margin;
  return { from: Date.parse(delivery.startedAt) / 1000 - margin, to: Math.min(end, now / 1000) };
}

/**
 * Finds the run among all samples around it: from the last scrape before it grew to the last one
 * that saw its end. Those before may be of an earlier run, those after of a later one. A window cut
 * at scrapes leaves increase() nothing to extrapolate, so what it gives is the growth itself.
 *
 * Undefined without any sample.
 */
export function spanOf(
  { counters, group }: Expectation,
  samples: Samples,
  delivery: Delivery,
): Span | undefined {
  const scrapes = scrapesOf(counters, samples);
  const times = [...scrapes.keys()].sort((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const at = (time: number, key: 'base' | 'final') =>
    counters.every(({ id, name, [key]: value }) =>
      sameValue(name, value, scrapes.get(time)!.get(id)),
    );

  const began = Date.parse(delivery.worldStartedAt) / 1000;
  const before = times.filter((time) => time <= began);
  const restarted = delivery.counters === 'fresh' && group.existed;
  const pushed = Date.parse(group.firstPush ?? delivery.worldStartedAt) / 1000;
  const old = restarted ? times.findLast((time) => time <= pushed) : undefined;
  const from =
    old ??
    before.findLast((time) => at(time, 'base')) ??
    // A clock that is off, or growth before the first scrape of an existing group.
    times.find((time) => at(time, 'base')) ??
    before.at(-1) ??
    first;

  // The same seed ends where it ended before: what a fresh run found is not yet its own end.
  const later = times.filter((time) => (old === undefined ? time >= from : time > old));
  const end = later.findIndex((time) => at(time, 'final'));
  if (end < 0) return { from, to: last, beforeFresh: old !== undefined };
  const changed = later.findIndex((time, i) => i > end && !at(time, 'final'));
  return {
    from,
    to: later.at(changed < 0 ? -1 : changed - 1)!,
    beforeFresh: old !== undefined,
  };
}

/** What each scrape saw. */
function scrapesOf(counters: readonly Counter[], samples: Samples) {
  const scrapes = new Map<number, Map<string, number>>();
  for (const { id } of counters) {
    for (const [time, value] of samples.get(id) ?? []) {
      const scrape = scrapes.get(time) ?? new Map<string, number>();
      scrapes.set(time, scrape.set(id, value));
    }
  }
  return scrapes;
}

/** What the samples of one counter tell of a span. */
export interface Course {
  readonly first: number;
  readonly last: number;
  /** Drops, each of which PromQL takes for a restart at zero. */
  readonly resets: number;
  /** Sum of all growth, a value after a drop counting whole: what increase() extrapolates. */
  readonly growth: number;
}

export function courseOf(samples: readonly Sample[], { from, to }: Span): Course | undefined {
  const values = samples.filter(([time]) => time >= from && time <= to).map(([, value]) => value);
  const [first] = values;
  if (first === undefined) return undefined;
  let [resets, growth] = [0, 0];
  values.forEach((value, i) => {
    const before = values[i - 1] ?? first;
    if (value < before) resets += 1;
    growth += value < before ? value : value - before;
  });
  return { first, last: values.at(-1)!, resets, growth };
}
