// How series and their labels are written, one way for everything that names them.

export type Labels = Readonly<Record<string, string>>;

/** `name{a="1",b="2"}`, labels by name, `last` after them; `name` when there are none. */
export function seriesId(name: string, labels: Labels, last?: readonly [string, string]): string {
  const sorted = sortedLabels(labels);
  const parts = last ? [...sorted, last] : sorted;
  return parts.length === 0 ? name : `${name}{${joinLabels(parts)}}`;
}

/** `{a="1",b="2"}`, by name. */
export function formatLabels(labels: Labels): string {
  return `{${joinLabels(sortedLabels(labels))}}`;
}

/** `a="1",b="2"`, in the order given. */
export function joinLabels(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => formatLabel(name, value)).join(',');
}

/** `name="value"` with `\`, `"` and line ends escaped, as in the text format 0.0.4. */
export function formatLabel(name: string, value: string): string {
  const escaped = value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
  return `${name}="${escaped}"`;
}

/** Names in code unit order: the same on every machine. */
export function sortedLabels(labels: Labels): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
