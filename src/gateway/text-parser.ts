import { type Bytes, isUtf8, quote } from './bytes.js';
import { METRIC_TYPES, type MetricType, type Pair, type ParsedFamily } from './family.js';
import { type ParseLimits, tooMany, UNLIMITED } from './limits.js';
import { isInt64, parseNumber } from './numbers.js';
import { readLabels } from './text-labels.js';
import {
  type Cursor,
  current,
  failure,
  HASH,
  isBlank,
  lineEnd,
  NEWLINE,
  readEscapedLine,
  readName,
  readWord,
  skipBlanks,
} from './text-reader.js';

// Why own code: the parsers on npm skip what they do not understand; this one must refuse what the
// real server refuses, with its words.

interface Metric {
  labels: Pair[];
  timestamped: boolean;
  value: number;
  count: number;
  points: number[];
}

interface Family extends ParsedFamily {
  help: Bytes | undefined;
  type: MetricType;
  metrics: Metric[];
}

/** A family without samples has no type yet. */
type Draft = Omit<Family, 'type'> & { type: MetricType | undefined };

interface Reader extends Cursor {
  readonly limits: ParseLimits;
  /** Metrics and families so far. */
  made: number;
  readonly families: Map<Bytes, Draft>;
  /** Histograms and summaries, whose lines make one metric, by family and labels. */
  readonly composed: Map<string, Metric>;
}

/**
 * The text format 0.0.4, as strict and as lenient as Prometheus's own Go parser (`expfmt`): a final
 * line end is needed, a trailing blank is a broken timestamp, `x{} 1` is `x 1`, `x+5` is a sample.
 * Returns the families that have a metric, in the order of their first mention. Throws a
 * ParseError, with Go's message.
 */
export function parseText(text: Bytes, limits = UNLIMITED): ParsedFamily[] {
  const families = new Map<Bytes, Draft>();
  const reader: Reader = { text, at: 0, line: 0, limits, made: 0, families, composed: new Map() };
  for (;;) {
    reader.line++;
    while (isBlank(text.charCodeAt(reader.at))) reader.at++;
    if (reader.at >= text.length) break;
    const code = text.charCodeAt(reader.at);
    if (code === HASH) readComment(reader);
    else if (code !== NEWLINE) readSample(reader);
    reader.at++; // The line end.
  }
  return [...families.values()].filter((family): family is Family => family.metrics.length > 0);
}

function readComment(reader: Reader): void {
  reader.at++;
  skipBlanks(reader);
  if (current(reader) === NEWLINE) return;
  const keyword = readWord(reader);
  if (current(reader) === NEWLINE) return;
  if (keyword !== 'HELP' && keyword !== 'TYPE') {
    reader.at = lineEnd(reader);
    return;
  }
  skipBlanks(reader);
  const name = readName(reader, true);
  if (current(reader) === NEWLINE) return;
  if (!isBlank(current(reader))) throw failure(reader, 'invalid metric name in comment');
  const { family } = familyOf(reader, name);
  skipBlanks(reader);
  if (current(reader) === NEWLINE) return;
  if (keyword === 'HELP') readHelp(reader, family);
  else readType(reader, family);
}

function readHelp(reader: Reader, family: Draft): void {
  if (family.help !== undefined) {
    throw failure(reader, `second HELP line for metric name ${quote(family.name)}`);
  }
  family.help = readEscapedLine(reader);
  // The real server takes it, and Prometheus then drops the whole scrape.
  if (!isUtf8(family.help)) throw failure(reader, `invalid HELP text ${quote(family.help)}`);
}

function readType(reader: Reader, family: Draft): void {
  if (family.type !== undefined) {
    const name = quote(family.name);
    const reason = `second TYPE line for metric name ${name}, or TYPE reported after samples`;
    throw failure(reader, reason);
  }
  const end = lineEnd(reader);
  // The Go parser drops a backslash here.
  const word = reader.text.slice(reader.at, end).replaceAll('\\', '');
  reader.at = end;
  family.type = METRIC_TYPES.find((type) => type === word.toLowerCase());
  if (family.type === undefined) throw failure(reader, `unknown metric type ${quote(word)}`);
}

function readSample(reader: Reader): void {
  const name = readName(reader, true);
  if (name === '') throw failure(reader, 'invalid metric name');
  const { family, part } = familyOf(reader, name);
  family.type ??= 'untyped';
  if (isBlank(current(reader))) skipBlanks(reader);
  const { labels, point } = readLabels(reader, family, reader.limits.labels);
  const metric = metricOf(reader, family, labels);

  const word = readWord(reader);
  const value = parseNumber(word);
  if (value === undefined) throw failure(reader, `expected float as value, got ${quote(word)}`);
  if (!isComposed(family.type) || part === 'sum') metric.value = value;
  else if (part === 'count') metric.count = countOf(reader, family, value, 'count');
  else if (!Number.isNaN(point)) {
    const bucket = family.type === 'histogram';
    metric.points.push(point, bucket ? countOf(reader, family, value, 'bucket population') : value);
  }

  if (current(reader) !== NEWLINE) {
    readTimestamp(reader);
    metric.timestamped = true;
  }
}

/** The family of a sample, and whether it is its count or its sum. */
function familyOf(reader: Reader, name: Bytes): { family: Draft; part?: 'count' | 'sum' } {
  const { families } = reader;
  const exact = families.get(name);
  if (exact) return { family: exact };
  for (const [suffix, part] of SUFFIXES) {
    if (!name.endsWith(suffix) || name.length === suffix.length) continue;
    const family = families.get(name.slice(0, -suffix.length));
    if (family?.type === 'histogram') return part ? { family, part } : { family };
    if (family?.type === 'summary' && part) return { family, part };
  }
  count(reader);
  const family: Draft = { name, help: undefined, type: undefined, metrics: [] };
  families.set(name, family);
  return { family };
}

const SUFFIXES = [
  ['_bucket', undefined],
  ['_count', 'count'],
  ['_sum', 'sum'],
] as const;

function metricOf(reader: Reader, family: Draft, labels: Pair[]): Metric {
  const composed = isComposed(family.type);
  // 0xff is in no valid label value.
  const id = composed
    ? [family.name, ...labels.map((pair) => pair.join('\xff')).sort()].join('\xff')
    : '';
  const known = composed ? reader.composed.get(id) : undefined;
  if (known) return known;
  count(reader);
  const points = composed ? [] : NO_POINTS;
  const metric: Metric = { labels, timestamped: false, value: 0, count: 0, points };
  if (composed) reader.composed.set(id, metric);
  family.metrics.push(metric);
  return metric;
}

/** What is small as text can be large as objects: a body of nothing but `x 1` is thirty times so. */
function count(reader: Reader): void {
  const { pushMetrics } = reader.limits;
  if (++reader.made > pushMetrics) throw failure(reader, tooMany(pushMetrics));
}

function isComposed(type: MetricType | undefined): boolean {
  return type === 'histogram' || type === 'summary';
}

const NO_POINTS: number[] = [];
const MAX_COUNT = 2 ** 64;

/** Below zero, and in a summary above 64 bits, Go would wrap round. */
function countOf(reader: Reader, { name, type }: Draft, value: number, what: string): number {
  if (value < 0) throw failure(reader, `negative ${what} for ${type} ${quote(name)}`);
  if (type === 'histogram') return value + 0; // Not -0.
  if (!(value < MAX_COUNT)) throw failure(reader, `impossible ${what} for ${type} ${quote(name)}`);
  return Math.trunc(value) + 0;
}

function readTimestamp(reader: Reader): void {
  skipBlanks(reader);
  const timestamp = readWord(reader);
  if (!isInt64(timestamp)) {
    throw failure(reader, `expected integer as timestamp, got ${quote(timestamp)}`);
  }
  const end = lineEnd(reader);
  const rest = reader.text.slice(reader.at, end).replaceAll('\\', '');
  if (rest !== '') throw failure(reader, `spurious string after timestamp: ${quote(rest)}`);
  reader.at = end;
}
