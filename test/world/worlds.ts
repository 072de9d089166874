import fc from 'fast-check';
import { SERVICES } from '../../src/services/catalogue.js';
import type { Service } from '../../src/services/service.js';
import type { ScheduledIncident } from '../../src/world/incidents.js';
import type { ServiceModel } from '../../src/world/model.js';
import { type Change, PARAMETER_NAMES, PARAMETERS } from '../../src/world/parameters.js';
import type { Tally } from '../../src/world/tally.js';
import { dayOf } from '../../src/world/time.js';
import { addStretch, addTally, emptyTotal, type Total } from '../../src/world/total.js';
import { createWorld, type World, type WorldOptions } from '../../src/world/world.js';

export const [VECTORLENS, DOCSTORE, CHATAPI] = SERVICES as [Service, Service, Service];
export const MODELS_OF_SERVICES: readonly ServiceModel[] = SERVICES.map(({ model }) => model);

/** Minutes of 2024 to 2028: before, in and after the growth. */
export const MINUTES = { min: dayOf('2024-01-01') * 1440, max: dayOf('2029-01-01') * 1440 };

/** What an incident may do: factors from nothing to very much, probabilities from 0 to 1. */
export const changes: fc.Arbitrary<Change> = fc
  .uniqueArray(
    fc.constantFrom(...PARAMETER_NAMES).chain((name) =>
      fc.record({
        name: fc.constant(name),
        value:
          PARAMETERS[name].kind === 'factor'
            ? fc.constantFrom(PARAMETERS[name].least, 0.01, 0.3, 0.9, 1.5, 4, 25, 300)
            : name === 'vectorlens.relevance'
              ? fc.double({ min: -3, max: 1, noNaN: true })
              : fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      }),
    ),
    { minLength: 1, maxLength: 4, selector: ({ name }) => name },
  )
  .map((settings) => ({
    set: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  }));

export interface Case {
  readonly options: WorldOptions;
  readonly minute: number;
}

/** A world, often with incidents about a minute, and that minute. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    seed: fc.string({ maxLength: 6 }),
    rate: fc.constantFrom(0.05, 1, 1, 20, 1000, 1_000_000),
    profile: fc.constantFrom('daily' as const, 'flat' as const),
    minute: fc.integer(MINUTES),
    incidents: fc.array(
      fc.record({
        from: fc.integer({ min: -3, max: 3 }),
        length: fc.integer({ min: 1, max: 4 }),
        change: changes,
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ minute, incidents, ...options }) => ({
    minute,
    options: {
      ...options,
      incidents: incidents.map(({ from, length, change }, i) =>
        incident(minute + from, minute + from + length, change, `incident ${i}`),
      ),
    },
  }));

export function incident(
  from: number,
  to: number,
  change: Change,
  name = 'incident',
): ScheduledIncident {
  return { name, scenario: name, from, to, change };
}

export function worldOf(options: Partial<WorldOptions> = {}): World {
  return createWorld({ seed: 'test', rate: 1, profile: 'daily', ...options });
}

/** What a service did from one second to another: of all its jobs together, or of each. */
export function stretch(world: World, model: ServiceModel, from: number, to: number): Total {
  return stretches(world, model, from, to, 1)[0]!;
}

export function stretches(
  world: World,
  model: ServiceModel,
  from: number,
  to: number,
  jobs: number,
): Total[] {
  const totals = Array.from({ length: jobs }, () => emptyTotal(model));
  addStretch(world, model, from, to, totals);
  return totals;
}

/** A tally as a total, at the prices of its minute. */
export function totalOf(world: World, model: ServiceModel, tally: Tally, minute: number): Total {
  const total = emptyTotal(model);
  addTally(total, model, tally, world.prices(Math.floor(minute / 1440)));
  return total;
}

/** Everything in tallies and totals, for comparison byte by byte. */
export function bytes(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'bigint' ? `${part}n` : ArrayBuffer.isView(part) ? [...(part as never)] : part,
  );
}

/** The value of one series of a counter. */
export function read(
  service: Service,
  name: string,
  total: Total,
  labels: Readonly<Record<string, string>> = {},
): number {
  return reader(service, name, labels)(total);
}

/** The sum of all series of a counter whose labels match. */
export function reader(
  service: Service,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): (total: Total) => number {
  const instrument = service.instruments.find((each) => each.name === name);
  if (instrument?.kind !== 'counter') throw new Error(`no such counter: ${name}`);
  const series = instrument.series.filter((each) =>
    Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  if (series.length === 0) throw new Error(`no such series: ${name} ${JSON.stringify(labels)}`);
  return (total) => series.reduce((sum, each) => sum + each.read(total), 0);
}

/** A histogram's buckets (not cumulative) and bounds in its base unit, over all matching series. */
export function histogram(
  service: Service,
  name: string,
  total: { readonly buckets: readonly ArrayLike<number>[] },
  labels: Readonly<Record<string, string>> = {},
): { readonly bounds: readonly number[]; readonly buckets: readonly number[] } {
  const instrument = service.instruments.find((each) => each.name === name);
  if (instrument?.kind !== 'histogram') throw new Error(`no such histogram: ${name}`);
  const series = instrument.series.filter((each) =>
    Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  const { bounds, scale } = service.model.shape.histograms[series[0]!.histogram]!;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((_, i) =>
    series.reduce((sum, each) => sum + total.buckets[each.histogram]![i]!, 0),
  );
  return { bounds: bounds.map((bound) => bound / scale), buckets };
}

/** Observations above a bound. */
export function above(
  { bounds, buckets }: { readonly bounds: readonly number[]; readonly buckets: readonly number[] },
  bound: number,
): number {
  const at = bounds.indexOf(bound);
  if (at < 0) throw new Error(`${bound} is no bound`);
  return buckets.slice(at + 1).reduce((a, b) => a + b, 0);
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
