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

const SLIPS = 3;

/**
 * What somebody may have meant: a name that is a few slips of the pen away, or goes on from this one
 * (`x` of `x_bucket`, `model_name` of `model`).
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: { name: string; slips: number } | undefined;
  for (const other of names) {
    const slips = goesOn(name, other) ? SLIPS : slipsBetween(name, other);
    const few = slips <= SLIPS && slips < Math.max(name.length, other.length) / 2;
    if (few && (best === undefined || slips < best.slips)) best = { name: other, slips };
  }
  return best?.name;
}

function goesOn(a: string, b: string): boolean {
  return a !== '' && b !== '' && (b.startsWith(`${a}_`) || a.startsWith(`${b}_`));
}

/** Characters that are missing, too many, other ones or swapped: optimal string alignment. */
export function slipsBetween(a: string, b: string): number {
  let [last, line]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = line![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? last![j - 2]! + 1
          : Number.POSITIVE_INFINITY;
      next.push(Math.min(other, swapped, line![j]! + 1, next[j - 1]! + 1));
    }
    [last, line] = [line, next];
  }
  return line![b.length]!;
}
