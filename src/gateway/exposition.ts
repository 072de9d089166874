import type { Bytes } from './bytes.js';
import type { Metric } from './consistency.js';
import type { MetricType } from './family.js';
import { formatNumber } from './numbers.js';
import type { MergedFamily } from './snapshots.js';

export const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** Characters handed on at a time, about: what one family needs is not held up by all the others. */
const CHUNK = 64 * 1024;

/** What `GET /metrics` shows: the families of all groups, merged, each sorted as Go's client does. */
export function* exposition(families: readonly MergedFamily[]): Iterable<Bytes> {
  let text = '';
  for (const family of families) {
    const { name, type, parts } = family;
    // Where the groups' texts differ, the first one counts (the real server takes any).
    const help = parts.find((part) => part.help !== undefined)?.help;
    if (help !== undefined) text += `# HELP ${name} ${escapeHelp(help)}\n`;
    text += `# TYPE ${name} ${type}\n`;
    family.metrics ??= parts.flatMap(({ metrics }) => metrics).sort(byLabels);
    for (const metric of family.metrics) {
      text += WRITERS[type](name, metric);
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

const WRITERS: Record<MetricType, (name: Bytes, metric: Metric) => Bytes> = {
  counter: single,
  gauge: single,
  untyped: single,
  histogram: (name, { text, value, count, points }) => {
    let lines = '';
    for (let i = 0; i < points.length; i += 2) {
      lines += `${name}_bucket{${text},le="${formatNumber(points[i]!)}"} ${formatNumber(points[i + 1]!)}\n`;
    }
    const all = formatNumber(count);
    if (!hasInfinity(points)) lines += `${name}_bucket{${text},le="+Inf"} ${all}\n`;
    return `${lines}${name}_sum{${text}} ${formatNumber(value)}\n${name}_count{${text}} ${all}\n`;
  },
  summary: (name, { text, value, count, points }) => {
    let lines = '';
    for (let i = 0; i < points.length; i += 2) {
      lines += `${name}{${text},quantile="${formatNumber(points[i]!)}"} ${formatNumber(points[i + 1]!)}\n`;
    }
    const sum = formatNumber(value);
    return `${lines}${name}_sum{${text}} ${sum}\n${name}_count{${text}} ${formatNumber(count)}\n`;
  },
};

function single(name: Bytes, { text, value }: Metric): Bytes {
  return `${name}{${text}} ${formatNumber(value)}\n`;
}

function hasInfinity(points: readonly number[]): boolean {
  return points.some((bound, i) => i % 2 === 0 && bound === Infinity);
}

/** By number of labels, then value by value in the order of the names, as Go's client sorts. */
function byLabels({ labels: a }: Metric, { labels: b }: Metric): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 1; i < a.length; i += 2) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  }
  return 0;
}

function escapeHelp(help: Bytes): Bytes {
  return help.replace(/[\\\n]/g, (c) => (c === '\n' ? '\\n' : '\\\\'));
}
