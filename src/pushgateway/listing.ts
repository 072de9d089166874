import * as z from 'zod';
import { formatLabels, type Labels } from '../series.js';
import { type Cut, MalformedListing } from './cutter.js';
import { formatKey, type GroupingKey } from './grouping-key.js';

/** What a gateway holds: `GET /api/v1/metrics`. */
export interface Listing<T = Group> {
  groups: T[];
  /** Groups whose key the API does not tell, in words: they can be neither read nor deleted. */
  unreadable: string[];
  /** The gateway's clock, from its `Date`, milliseconds since the epoch. */
  serverTime: number | undefined;
}

/**
 * The group, whole or of its families only those with these names; its times always. What is not
 * asked for is not parsed, which takes a tenth of the time. To be called while `take` runs.
 */
export type Read = (names?: readonly string[]) => Group;

/** Takes what it needs of a group; undefined to pass it over. `read` is the costly part. */
export type Take<T> = (key: GroupingKey, read: Read) => T | undefined;

export interface Group {
  key: GroupingKey;
  /** Of the last push that succeeded, Unix seconds; 0 when none has. */
  pushTime: number;
  /** Of the last push that failed, Unix seconds; 0 when none has. */
  failureTime: number;
  /** By name, without the gateway's own `push_*_seconds`. */
  families: ReadonlyMap<string, Family>;
}

export interface Family {
  name: string;
  /** As in the text format: `counter`, `gauge`, `histogram`, `summary`, `untyped`. */
  type: string;
  help: string;
  series: Series[];
}

/** Labels are as stored: with those of the grouping key, and `instance=""` where it has none. */
export type Series =
  | { labels: Labels; value: number }
  | {
      labels: Labels;
      /** Cumulative count by upper bound: `0.1`, `1000000`, `+Inf`. */
      buckets: ReadonlyMap<string, number>;
      count: number;
      sum: number;
    }
  | { labels: Labels; quantiles: ReadonlyMap<string, number>; count: number; sum: number };

/** Go's number format; `value` is a string because JSON has no infinities. */
const GoNumber = z.string().transform((text, context) => {
  const number = numberOf(text);
  if (number !== undefined) return number;
  context.addIssue(`${JSON.stringify(text)} is not a number`);
  return z.NEVER;
});
const Numbers = z.record(z.string(), GoNumber);

const Metric = z.union([
  z.object({ labels: z.record(z.string(), z.string()), value: GoNumber }),
  z.object({
    labels: z.record(z.string(), z.string()),
    count: GoNumber,
    sum: GoNumber,
    // From 1.8.0 on native histograms come with an array here; they have no classic buckets.
    buckets: z.union([Numbers, z.array(z.unknown()).transform(() => ({}))]).optional(),
    quantiles: Numbers.optional(),
  }),
]);

const FamilyJson = z.object({
  type: z.string(),
  help: z.string().default(''),
  metrics: z.array(Metric),
});

const GroupLabels = z.record(z.string(), z.string()).refine((labels) => labels.job !== undefined);

/** The key of a group, or in words why the API does not tell it. Throws as `readGroup` does. */
export function keyOf(cut: Cut): GroupingKey | string {
  const labels = GroupLabels.safeParse(membersOf(cut, ['labels']).get('labels'));
  // A metric called `labels` takes the place of the group's labels.
  if (!labels.success) return traceOf(membersOf(cut, TIMES));
  const { job = '', ...others } = labels.data;
  return { job, labels: others };
}

// The API's own keys, unless a metric of that name has taken their place.
const OWN_KEYS = new Set(['labels', 'last_push_successful']);
const TIMES = ['push_time_seconds', 'push_failure_time_seconds'] as const;

/**
 * The group of `key`, with all its families or with those that are named; nothing else is parsed.
 * Throws a MalformedListing when what is parsed is not what a Pushgateway sends.
 */
export function readGroup(key: GroupingKey, cut: Cut, names?: readonly string[]): Group {
  const families = new Map<string, Family>();
  for (const [name, value] of membersOf(cut, names && [...names, ...TIMES])) {
    if (OWN_KEYS.has(name) && !FamilyJson.safeParse(value).success) continue;
    // In words only where it is needed: there are thousands of them.
    const where = () => `${name} of ${formatKey(key)}`;
    const { type, help, metrics } = check(FamilyJson, value, where);
    families.set(name, { name, type: type.toLowerCase(), help, series: metrics.map(seriesFrom) });
  }
  const [pushTime, failureTime] = TIMES.map((name) => {
    const [series] = families.get(name)?.series ?? [];
    families.delete(name);
    if (series && 'value' in series) return series.value;
    throw new MalformedListing(`${formatKey(key)} has no ${name}`);
  });
  return { key, pushTime: pushTime ?? 0, failureTime: failureTime ?? 0, families };
}

function seriesFrom(metric: z.output<typeof Metric>): Series {
  if ('value' in metric) return metric;
  const { labels, count, sum, quantiles, buckets = {} } = metric;
  if (quantiles) return { labels, count, sum, quantiles: boundsOf(quantiles) };
  return { labels, count, sum, buckets: boundsOf(buckets) };
}

/** Go writes a bound 1000000 as `1e+06`; here it is as JavaScript, and so prom-client, writes it. */
function boundsOf(numbers: Record<string, number>): Map<string, number> {
  const bounds = Object.entries(numbers).map(([text, value]) => [numberOf(text), value] as const);
  bounds.sort(([a = Number.NaN], [b = Number.NaN]) => a - b);
  return new Map(
    bounds.map(([bound, value]) => [bound === Infinity ? '+Inf' : String(bound), value]),
  );
}

/** The members of a group by name: all of them, or those of these names. */
function membersOf({ bytes, members }: Cut, names?: readonly string[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (let i = 0; i < members.length; i += 4) {
    const [from, to] = [members[i]!, members[i + 1]!];
    if (names && !mayBe(names, bytes, from, to)) continue;
    const raw = bytes.toString('utf8', from, to);
    const name: string = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
    if (names && !names.includes(name)) continue;
    found.set(name, JSON.parse(bytes.toString('utf8', members[i + 2], members[i + 3])));
  }
  return found;
}

const BACKSLASH = 92;

/** Whether it may be one of these names: told from its bytes, since most are not even read. */
function mayBe(names: readonly string[], bytes: Buffer, from: number, to: number): boolean {
  for (const name of names) {
    if (name.length === to - from && name.charCodeAt(0) === bytes[from]) return true;
  }
  for (let i = from; i < to; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

function traceOf(times: Map<string, unknown>): string {
  const time = FamilyJson.safeParse(times.get('push_time_seconds'));
  const labels = time.data?.metrics[0]?.labels;
  const shown = labels ? ` about ${formatLabels(labels)}` : '';
  return `a group${shown} whose metric "labels" hides its grouping key`;
}

/** `value` as `schema` gives it. Throws a MalformedListing that names `what` and the place in it. */
export function check<T extends z.ZodType>(
  schema: T,
  value: unknown,
  what: () => string,
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new MalformedListing(`${what()} is not what a Pushgateway sends${path}: ${issue?.message}`);
}

function numberOf(text: string): number | undefined {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return Number.NaN;
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
