import { parseQuery } from './promql.js';
import { examine } from './promql-check.js';
import { type Known, type Labels, union } from './promql-known.js';

/** A recording rule. */
export interface Recording {
  readonly name: string;
  readonly expression: string;
  /** Labels that the rule adds, or sets. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What is known, and what these rules record from it: each with the labels that its expression
 * leaves; rules of one name together.
 */
export function withRecordings(known: Known, recordings: readonly Recording[]): Known {
  const byName = new Map<string, Recording[]>();
  for (const one of recordings) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const found = new Map<string, Labels | undefined>();
  const all: Known = {
    names: [...known.names, ...byName.keys()],
    find: (name) => {
      const there = known.find(name);
      const rules = byName.get(name);
      if (there || !rules) return there;
      if (!found.has(name)) {
        // A rule that comes back to itself finds this.
        found.set(name, undefined);
        found.set(name, union(rules.map((rule) => labelsOf(rule, all))));
      }
      return { labels: found.get(name) };
    },
  };
  return all;
}

function labelsOf({ expression, labels }: Recording, known: Known): Labels | undefined {
  const left = examine(parseQuery(expression, { variables: false }), known).labels;
  const set = Object.entries(labels).map(([name, value]) => [name, new Set([value])] as const);
  return left && new Map([...left, ...set]);
}
