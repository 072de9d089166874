import { type Bytes, isUtf8, quote, quoteByte } from './bytes.js';
import type { MetricType, Pair } from './family.js';
import { parseNumber } from './numbers.js';
import {
  CLOSE,
  COMMA,
  type Cursor,
  current,
  EQUALS,
  failure,
  isBlank,
  OPEN,
  QUOTE,
  readName,
  readQuoted,
  skipBlanks,
} from './text-reader.js';

interface Owner {
  readonly name: Bytes;
  readonly type: MetricType | undefined;
}

/** The labels; apart from them `point`, that of `le` in a histogram, of `quantile` in a summary. */
export function readLabels(
  cursor: Cursor,
  family: Owner,
  max: number,
): { labels: Pair[]; point: number } {
  const labels: Pair[] = [];
  let point = Number.NaN;
  if (current(cursor) !== OPEN) return { labels, point };
  const special = POINT_LABELS[family.type ?? 'untyped'];
  do {
    cursor.at++;
    skipBlanks(cursor);
    if (current(cursor) === CLOSE) break;
    const name = readLabelName(cursor, family, labels, max);
    const value = readLabelValue(cursor);
    if (name === special) point = pointOf(cursor, name, value);
    else labels.push([name, value]);
    skipBlanks(cursor);
    if (current(cursor) !== COMMA && current(cursor) !== CLOSE) {
      throw failure(cursor, `unexpected end of label value ${quote(value)}`);
    }
  } while (current(cursor) === COMMA);
  cursor.at++;
  skipBlanks(cursor);
  return { labels, point };
}

const POINT_LABELS: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' };

function pointOf(cursor: Cursor, name: Bytes, value: Bytes): number {
  const point = parseNumber(value);
  if (point !== undefined) return point;
  throw failure(cursor, `expected float as value for '${name}' label, got ${quote(value)}`);
}

function readLabelName(cursor: Cursor, family: Owner, labels: readonly Pair[], max: number): Bytes {
  const name = readName(cursor, false);
  if (name === '') throw failure(cursor, `invalid label name for metric ${quote(family.name)}`);
  if (name === '__name__') throw failure(cursor, 'label name "__name__" is reserved');
  if (isBlank(current(cursor))) skipBlanks(cursor);
  if (current(cursor) !== EQUALS) {
    const found = quoteByte(current(cursor));
    throw failure(cursor, `expected '=' after label name, found ${found}`);
  }
  if (labels.some(([other]) => other === name)) {
    throw failure(cursor, `duplicate label names for metric ${quote(family.name)}`);
  }
  if (labels.length >= max) {
    throw failure(cursor, `more than ${max} labels for metric ${quote(family.name)}`);
  }
  return name;
}

function readLabelValue(cursor: Cursor): Bytes {
  cursor.at++;
  skipBlanks(cursor);
  if (current(cursor) !== QUOTE) {
    const found = quoteByte(current(cursor));
    throw failure(cursor, `expected '"' at start of label value, found ${found}`);
  }
  const value = readQuoted(cursor);
  if (!isUtf8(value)) throw failure(cursor, `invalid label value ${quote(value)}`);
  return value;
}
