import { closest } from '../closest.js';
import { isOfServers, METRICS, type Metric } from './metrics.js';

/** Labels by name, with their values, or undefined for any value. */
export type Labels = Metric['labels'];

/** What a query may name. */
export interface Known {
  readonly names: readonly string[];
  /**
   * The labels of a metric, undefined inside where they are not known; undefined itself for a name
   * that nobody emits.
   */
  find(name: string): { readonly labels: Labels | undefined } | undefined;
}

/**
 * What the stack emits.
 * @param services of these alone, and of the stack's servers and ragmon itself in any case
 * @param labels further ones that everything pushed carries (`ragmon simulate --label`)
 */
export function knownOf(services: readonly string[], labels: readonly string[]): Known {
  const more = labels.map((label) => [label, undefined] as const);
  const metrics = [...METRICS.values()].filter(
    ({ from }) => OTHERS.includes(from) || services.includes(from),
  );
  const known = new Map(
    metrics.map((metric) => [metric.name, { labels: new Map([...metric.labels, ...more]) }]),
  );
  const anything = { labels: undefined };
  return {
    names: [...known.keys()],
    find: (name) => known.get(name) ?? (isOfServers(name) ? anything : undefined),
  };
}

const OTHERS = ['ragmon', 'pushgateway', 'prometheus'];

export const NO_LABELS: Labels = new Map();

/** All labels that either has; what is not known of one is not known of both. */
export function union(sets: readonly (Labels | undefined)[]): Labels | undefined {
  const all = new Map<string, ReadonlySet<string> | undefined>();
  for (const labels of sets) {
    if (labels === undefined) return undefined;
    for (const [name, values] of labels) {
      const before = all.has(name) ? all.get(name) : new Set<string>();
      all.set(name, before && values && new Set([...before, ...values]));
    }
  }
  return all;
}

/** The labels that pass. */
export function keep(labels: Labels, test: (name: string) => boolean): Labels {
  return new Map([...labels].filter(([name]) => test(name)));
}

/**
 * The name that was perhaps meant: one nearby, or else one that goes on from the other (`x_bucket`
 * from `x`, `model_name` from `model`).
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const all = [...names];
  return closest(name, all) ?? all.find((other) => goesOn(name, other) || goesOn(other, name));
}

function goesOn(start: string, name: string): boolean {
  return start !== '' && name.startsWith(`${start}_`);
}
