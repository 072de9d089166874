import { type Bytes, isUtf8, quote } from './bytes.js';
import {
  METRIC_TYPES,
  type MetricType,
  type Pair,
  type ParsedFamily,
  type ParsedMetric,
} from './family.js';
import { type ParseLimits, tooMany, UNLIMITED } from './limits.js';
import {
  DOUBLE,
  doubleOf,
  inner,
  LENGTH,
  type Message,
  messageIn,
  next,
  nextDelimited,
  ProtobufError,
  textOf,
  VARINT,
} from './wire.js';

// io.prometheus.client.MetricFamily: https://github.com/prometheus/client_model. What the text
// format cannot show is left out, as the real server leaves it out of its text: exemplars, created
// timestamps, units, and the buckets of native histograms, of which count and sum remain.

const FAMILY = { name: LENGTH(1), help: LENGTH(2), type: VARINT(3), metric: LENGTH(4) };
const METRIC = { label: LENGTH(1), timestamp: VARINT(6) };
const LABEL = { name: LENGTH(1), value: LENGTH(2) };
/** Where a metric has its reading, and the number of its type. */
const READINGS = {
  counter: { type: 0, tag: LENGTH(3) },
  gauge: { type: 1, tag: LENGTH(2) },
  summary: { type: 2, tag: LENGTH(4) },
  untyped: { type: 3, tag: LENGTH(5) },
  histogram: { type: 4, tag: LENGTH(7) },
} as const satisfies Record<MetricType, { type: number; tag: number }>;
const VALUE = DOUBLE(1);
const COMPOSED = { count: VARINT(1), sum: DOUBLE(2), point: LENGTH(3), countFloat: DOUBLE(4) };
const BUCKET = { count: VARINT(1), bound: DOUBLE(2), countFloat: DOUBLE(4) };
const QUANTILE = { quantile: DOUBLE(1), value: DOUBLE(2) };

const PROTOBUF = /^\s*application\/vnd\.google\.protobuf\s*;/i;

/** Whether that is what the Go client sends; all else is text, as for the real server. */
export function isProtobuf(contentType = ''): boolean {
  if (!PROTOBUF.test(contentType)) return false;
  const has = (parameter: RegExp) => contentType.split(';').some((part) => parameter.test(part));
  return (
    has(/^\s*proto="?io\.prometheus\.client\.MetricFamily"?\s*$/i) &&
    has(/^\s*encoding="?delimited"?\s*$/i)
  );
}

/**
 * A stream of families, each after its length; of one name the last counts. Names, labels and help
 * must be such that they can be shown as text, or it is refused whole with a ProtobufError: the
 * real server takes some that no Prometheus can read.
 */
export function parseProtobuf(body: Bytes, limits = UNLIMITED): ParsedFamily[] {
  const families = new Map<Bytes, ParsedFamily>();
  const stream = messageIn(body);
  let made = 0;
  while (nextDelimited(stream)) {
    const family = familyOf(stream, limits);
    families.set(family.name, family);
    made += 1 + family.metrics.length;
    if (made > limits.pushMetrics) throw new ProtobufError(tooMany(limits.pushMetrics));
  }
  return [...families.values()].filter(({ metrics }) => metrics.length > 0);
}

interface Draft {
  readonly name: Bytes;
  readonly type: MetricType;
}

function familyOf(stream: Message, limits: ParseLimits): ParsedFamily {
  let [name, help, number] = ['', undefined as Bytes | undefined, 0];
  for (const field = inner(stream); next(field); ) {
    if (field.tag === FAMILY.name) name = textOf(field);
    else if (field.tag === FAMILY.help) help = textOf(field);
    else if (field.tag === FAMILY.type) number = field.value;
  }
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
    throw new ProtobufError(`invalid metric name ${quote(name.slice(0, 1000))}`);
  }
  if (help !== undefined && !isUtf8(help)) {
    throw new ProtobufError(`invalid help of metric ${quote(name)}: not UTF-8`);
  }
  const type = METRIC_TYPES.find((known) => READINGS[known].type === number);
  if (!type) throw new ProtobufError(`unknown type ${number} of metric ${quote(name)}`);
  // Once more: the type may stand behind the metrics.
  const metrics: ParsedMetric[] = [];
  for (const field = inner(stream); next(field); ) {
    if (field.tag !== FAMILY.metric) continue;
    metrics.push(metricOf(field, { name, type }, limits.labels));
    if (metrics.length > limits.pushMetrics) throw new ProtobufError(tooMany(limits.pushMetrics));
  }
  return { name, help, type, metrics };
}

function metricOf(owner: Message, family: Draft, maxLabels: number): ParsedMetric {
  const { type, name } = family;
  const labels: Pair[] = [];
  const reading: Numbers = { value: 0, count: 0, points: POINTS[type] ? [] : NO_POINTS };
  let [timestamped, found] = [false, false];
  for (const field = inner(owner); next(field); ) {
    if (field.tag === METRIC.label) addLabel(labels, field, family, maxLabels);
    else if (field.tag === METRIC.timestamp) timestamped = true;
    else if (field.tag === READINGS[type].tag) {
      found = true;
      readInto(reading, field, family);
    }
  }
  if (!found) throw new ProtobufError(`metric ${quote(name)} is not a ${type.toUpperCase()}`);
  const { value, count, points } = reading;
  return { labels, timestamped, value, count, points };
}

const NO_POINTS: number[] = [];

function addLabel(labels: Pair[], owner: Message, family: Draft, max: number): void {
  let [name, value] = ['', ''];
  for (const field = inner(owner); next(field); ) {
    if (field.tag === LABEL.name) name = textOf(field);
    else if (field.tag === LABEL.value) value = textOf(field);
  }
  // A second `le` would make every scrape unreadable.
  const taken = name === '__name__' || (name === 'le' && family.type === 'histogram');
  if (taken || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
    const label = quote(name.slice(0, 1000));
    throw new ProtobufError(`invalid label name ${label} for metric ${quote(family.name)}`);
  }
  if (labels.some(([other]) => other === name)) {
    throw new ProtobufError(`duplicate label names for metric ${quote(family.name)}`);
  }
  if (labels.length >= max) {
    throw new ProtobufError(`more than ${max} labels for metric ${quote(family.name)}`);
  }
  if (!isUtf8(value)) throw new ProtobufError(`invalid label value ${quote(value.slice(0, 1000))}`);
  labels.push([name, value]);
}

interface Numbers {
  value: number;
  count: number;
  readonly points: number[];
}

function readInto(into: Numbers, owner: Message, family: Draft): void {
  const point = POINTS[family.type];
  for (const field = inner(owner); next(field); ) {
    if (!point) {
      if (field.tag === VALUE) into.value = doubleOf(field);
    } else if (field.tag === COMPOSED.count) into.count = field.value;
    else if (field.tag === COMPOSED.sum) into.value = doubleOf(field);
    else if (field.tag === COMPOSED.point) {
      const [at, value] = point(field, family);
      // As in text.
      if (!Number.isNaN(at)) into.points.push(at, value);
    } else if (field.tag === COMPOSED.countFloat && family.type === 'histogram') {
      into.count = floatCount(field, into.count, family);
    }
  }
}

type PointReader = (owner: Message, family: Draft) => [at: number, value: number];

const POINTS: Partial<Record<MetricType, PointReader>> = {
  histogram: (owner, family) => {
    let [bound, count] = [0, 0];
    for (const field = inner(owner); next(field); ) {
      if (field.tag === BUCKET.bound) bound = doubleOf(field);
      else if (field.tag === BUCKET.count) count = field.value;
      else if (field.tag === BUCKET.countFloat) count = floatCount(field, count, family);
    }
    return [bound, count];
  },
  summary: (owner) => {
    let [quantile, value] = [0, 0];
    for (const field = inner(owner); next(field); ) {
      if (field.tag === QUANTILE.quantile) quantile = doubleOf(field);
      else if (field.tag === QUANTILE.value) value = doubleOf(field);
    }
    return [quantile, value];
  },
};

/** Of a histogram with fractions; a zero there says that the integer counts. */
function floatCount(field: Message, whole: number, { name }: Draft): number {
  const count = doubleOf(field);
  if (count < 0) throw new ProtobufError(`negative count for histogram ${quote(name)}`);
  return count === 0 ? whole : count;
}
