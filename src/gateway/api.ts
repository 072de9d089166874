import type { Bytes } from './bytes.js';
import type { Metric, StoredFamily } from './consistency.js';
import { FAILURE_TIME, type MetricType, type Pair, PUSH_TIME } from './family.js';
import { formatNumber } from './numbers.js';
import type { Snapshot } from './snapshots.js';

/** What `GET /api/v1/metrics` answers, group by group. */
export function* listing(groups: Snapshot['groups']): Iterable<Bytes> {
  yield '{"status":"success","data":[';
  let separator = '';
  for (const { labels, families } of groups) {
    yield separator + groupJson(labels.pairs, families);
    separator = ',';
  }
  yield ']}';
}

function groupJson(labels: readonly Pair[], families: ReadonlyMap<Bytes, StoredFamily>): Bytes {
  const at = (name: string) => families.get(name)?.metrics[0]?.value ?? 0;
  const members = new Map<Bytes, Bytes>([
    ['labels', objectJson(labels)],
    ['last_push_successful', String(at(FAILURE_TIME.name) <= at(PUSH_TIME.name))],
  ]);
  // A family named `labels` takes that place, as on the real server.
  for (const [name, family] of families) members.set(name, familyJson(family));
  return membersJson(sorted(members));
}

function familyJson({ type, help, time, metrics }: StoredFamily): Bytes {
  return membersJson([
    ['time_stamp', JSON.stringify(new Date(time).toISOString())],
    ['type', JSON.stringify(type.toUpperCase())],
    ...(help ? [['help', JSON.stringify(help)] as const] : []),
    ['metrics', `[${metrics.map((metric) => metricJson(type, metric)).join(',')}]`],
  ]);
}

function metricJson(type: MetricType, { labels, value, count, points }: Metric): Bytes {
  const pairs: Pair[] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i]!, labels[i + 1]!]);
  const number = JSON.stringify(numberText(value));
  if (type !== 'histogram' && type !== 'summary') {
    return `{"labels":${objectJson(pairs)},"value":${number}}`;
  }
  const counts = type === 'summary' || points.some((p, i) => i % 2 === 1 && !isWhole(p));
  const inner: Pair[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [bound, at] = [points[i]!, points[i + 1]!];
    inner.push([numberText(bound), counts ? numberText(at) : wholeText(at)]);
  }
  const all = isWhole(count) ? wholeText(count) : numberText(count);
  const key = type === 'summary' ? 'quantiles' : 'buckets';
  // A bound that was pushed twice shows its last count.
  const shown = objectJson(sorted(new Map(inner)));
  return `{"labels":${objectJson(pairs)},"${key}":${shown},"count":"${all}","sum":${number}}`;
}

/** As Go writes a map. */
function sorted<T>(members: ReadonlyMap<Bytes, T>): (readonly [Bytes, T])[] {
  return [...members].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

function objectJson(pairs: Iterable<Pair>): Bytes {
  return membersJson([...pairs].map(([name, value]) => [name, JSON.stringify(value)]));
}

function membersJson(members: Iterable<readonly [Bytes, Bytes]>): Bytes {
  return `{${[...members].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}

function numberText(number: number): Bytes {
  return Object.is(number, -0) ? '-0' : formatNumber(number);
}

/** In Go an unsigned integer of 64 bits. */
function isWhole(count: number): boolean {
  return Number.isInteger(count) && count < 2 ** 64;
}

function wholeText(count: number): Bytes {
  return count < 1e21 ? BigInt(count).toString() : String(count);
}
