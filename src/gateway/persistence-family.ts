import { type Bytes, isUtf8 } from './bytes.js';
import {
  FAILURE_TIME,
  METRIC_TYPES,
  type MetricType,
  type Pair,
  type ParsedMetric,
  PUSH_TIME,
  type Reading,
} from './family.js';
import { type KeptFamily, Refusal } from './store.js';

/**
 * A family of a persistence file, with what a store relies on checked. Throws an Error that says
 * what it is not, or a Refusal.
 */
export function familyOf(value: unknown, maxLabels: number): KeptFamily {
  if (!Array.isArray(value)) throw new Error('a family that is none');
  const [name, word, help, time, metrics]: unknown[] = value;
  const type = METRIC_TYPES.find((one) => one === word);
  if (!isName(name, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/) || !type) {
    throw new Error('a family without a name or a type');
  }
  const problem = (what: string) => new Error(`the family ${name} has ${what}`);
  if (help !== null && !isText(help)) throw problem('a help that is no text');
  if (!isTime(time)) throw problem('no time');
  if (!Array.isArray(metrics)) throw problem('no metrics');
  try {
    const all = metrics.map((metric) => metricOf(metric, type, maxLabels));
    const own = name === PUSH_TIME.name || name === FAILURE_TIME.name;
    if (own && (type !== 'gauge' || all.length !== 1 || all[0]?.labels.length !== 0)) {
      throw new Error('something else than a time');
    }
    return { name, type, time, metrics: all, help: help === null ? undefined : help };
  } catch (error) {
    throw error instanceof Error && !(error instanceof Refusal) ? problem(error.message) : error;
  }
}

function metricOf(value: unknown, type: MetricType, maxLabels: number): ParsedMetric {
  if (!Array.isArray(value)) throw new Error('a metric that is none');
  const [reading, ...flat]: unknown[] = value;
  const labels: Pair[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [name, of] = [flat[i], flat[i + 1]];
    if (!isName(name) || !isText(of)) throw new Error('a label that is none');
    if (labels.some(([other]) => other === name)) throw new Error(`the label ${name} twice`);
    labels.push([name, of]);
  }
  if (labels.length > maxLabels) {
    throw new Refusal('full', `a series exceeds this gateway's limit of ${maxLabels} labels`);
  }
  return { ...readingOf(reading, type), labels, timestamped: false };
}

function readingOf(value: unknown, type: MetricType): Reading {
  if (type !== 'histogram' && type !== 'summary') {
    return { value: numberOf(value), count: 0, points: NO_POINTS };
  }
  if (!Array.isArray(value) || value.length < 2 || value.length % 2 !== 0) {
    throw new Error(`no ${type}`);
  }
  const [sum = Number.NaN, count = Number.NaN, ...points] = value.map(numberOf);
  return { value: sum, count, points };
}

const NO_POINTS: number[] = [];
const WORDS: Readonly<Record<string, number>> = {
  '-0': -0,
  NaN: Number.NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
};

function numberOf(value: unknown): number {
  // Of more digits than a number holds JSON.parse makes an infinity.
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const special = typeof value === 'string' && Object.hasOwn(WORDS, value) && WORDS[value];
  if (typeof special === 'number') return special;
  throw new Error('a value that is no number');
}

/** What a `Date` can hold: the API shows it as one. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}

export function isName(value: unknown, form = /^[a-zA-Z_][a-zA-Z0-9_]*$/): value is Bytes {
  return typeof value === 'string' && form.test(value);
}

/** An escape could have made a character of what is no byte. */
function isText(value: unknown): value is Bytes {
  return typeof value === 'string' && isUtf8(value);
}
