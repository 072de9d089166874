import { type Labels, seriesId } from '../../series.js';
import type { Instrument } from '../../services/service.js';
import { LONGEST_DECIMAL, writeDecimal } from './decimal.js';
import type { Metric } from './samples.js';
import type { Window } from './windows.js';

// OpenMetrics 1.0 text with timestamps (in seconds). A family's lines stand together; within it those
// of one label set, instant by instant, as the format demands. Every line is kept as bytes, and of
// those only a value that changed is written anew: most of a history is buckets that did not move.

/** Bytes of a piece of the text, about. */
const PIECE = 1 << 18;
const END = Buffer.from('# EOF\n');
/** ` 1772409600\n` */
const LONGEST_STAMP = 20;

/** The lines of a metric but for their values and times. */
interface Template {
  /** `# TYPE …` and `# HELP …`, in front of the first label set of a family. */
  readonly header: Uint8Array;
  /** The lines one after the other, each with room for a value behind it. */
  readonly bytes: Uint8Array;
  /** Where each line begins, and where its value does. */
  readonly begins: readonly number[];
  readonly values: readonly number[];
}

/** The text of the window that a sampler has just played. */
export type WriteText = (window: Window) => Iterable<Uint8Array>;

/**
 * @param labelsOf what the series of a service carry beside their own labels: those of its group
 * @param step seconds
 */
export function openMetricsWriter(
  metrics: readonly Metric[],
  labelsOf: (service: string) => Labels,
  step: number,
): WriteText {
  const templates = metrics.map((metric, i) =>
    templateOf(metric, labelsOf(metric.service.name), metrics[i - 1]?.instrument),
  );
  return function* write(window) {
    const stamps = stampsOf(window, step);
    for (let i = 0; i < metrics.length; i++) {
      const { header } = templates[i]!;
      if (header.length > 0) yield header;
      yield* linesOf(metrics[i]!, templates[i]!, stamps);
    }
    yield END;
  };
}

/**
 * A point, the metric's lines at one instant, is a copy of the point before it with the new digits
 * put in, as far as the first value that is of another length; from there it is put together line
 * by line, and at the start of a piece all of it.
 */
function* linesOf(
  { lines, values }: Metric,
  { bytes, begins, values: valuesAt }: Template,
  stamps: Stamps,
): Iterable<Uint8Array> {
  const room = bytes.length + lines * LONGEST_STAMP;
  const size = Math.max(PIECE, room);
  const last = new Float64Array(lines).fill(Number.NaN);
  const changed = new Uint8Array(lines);
  /** Where values end in the template; where they, and stamps, begin in a point. */
  const ends = new Int32Array(lines);
  const valuesIn = new Int32Array(lines);
  const stampsIn = new Int32Array(lines);
  const { text } = stamps;
  let out = Buffer.allocUnsafeSlow(size);
  let pos = 0;
  let length = 0;
  for (let k = 0; k < stamps.ends.length; k++) {
    const stampEnd = stamps.ends[k]!;
    const stamp = k === 0 ? 0 : stamps.ends[k - 1]!;
    /** The first line that has another length. */
    let moved = stamps.longer[k] === 1 ? 0 : lines;
    for (let line = 0, at = k * lines; line < lines; line++, at++) {
      const value = values[at]!;
      changed[line] = 0;
      if (value === last[line]) continue;
      last[line] = value;
      changed[line] = 1;
      const end = writeDecimal(bytes, valuesAt[line]!, value);
      if (end === ends[line]) continue;
      ends[line] = end;
      if (line < moved) moved = line;
    }
    if (pos + room > size) {
      yield out.subarray(0, pos);
      out = Buffer.allocUnsafeSlow(size);
      pos = 0;
    }
    const point = pos;
    /** Where in the template, and where in the piece, the line by line begins. */
    let from = 0;
    if (point === 0) moved = 0;
    else {
      if (moved < lines) from = valuesAt[moved]!;
      pos = point + (moved < lines ? valuesIn[moved]! : length);
      out.copyWithin(point, point - length, pos - length);
    }
    const kept = stamps.kept[k]!;
    for (let line = 0; line < moved; line++) {
      if (changed[line] === 1) {
        const end = ends[line]!;
        let to = point + valuesIn[line]!;
        for (let b = valuesAt[line]!; b < end; b++) out[to++] = bytes[b]!;
      }
      let to = point + stampsIn[line]! + kept;
      for (let b = stamp + kept; b < stampEnd; b++) out[to++] = text[b]!;
    }
    for (let line = moved; line < lines; line++) {
      const end = ends[line]!;
      if (line > moved) from = begins[line]!;
      valuesIn[line] = pos - point + valuesAt[line]! - from;
      for (let b = from; b < end; b++) out[pos++] = bytes[b]!;
      stampsIn[line] = pos - point;
      for (let b = stamp; b < stampEnd; b++) out[pos++] = text[b]!;
    }
    length = pos - point;
  }
  yield out.subarray(0, pos);
}

interface Stamps {
  readonly text: Uint8Array;
  /** Where each stamp ends; the next begins there. */
  readonly ends: Int32Array;
  /** How many characters it has in common with the one before, at its start. */
  readonly kept: Int32Array;
  /** 1 where it is longer than the one before. */
  readonly longer: Uint8Array;
}

/** What stands behind the value, by instant; the same in every series. */
function stampsOf({ first, steps }: Window, step: number): Stamps {
  const stamps = Array.from({ length: steps }, (_, k) => ` ${first + k * step}\n`);
  const ends = new Int32Array(steps);
  const kept = new Int32Array(steps);
  const longer = new Uint8Array(steps);
  let end = 0;
  stamps.forEach((stamp, k) => {
    const before = stamps[k - 1] ?? '';
    while (kept[k]! < before.length && stamp[kept[k]!] === before[kept[k]!]) kept[k]!++;
    longer[k] = stamp.length > before.length ? 1 : 0;
    end += stamp.length;
    ends[k] = end;
  });
  return { text: Buffer.from(stamps.join('')), ends, kept, longer };
}

function templateOf(metric: Metric, group: Labels, before: Instrument | undefined): Template {
  const { instrument, labels, bounds } = metric;
  const { name, kind } = instrument;
  const all = { ...labels, ...group };
  const ids =
    kind === 'histogram'
      ? [
          ...[...bounds, '+Inf'].map((le) => seriesId(`${name}_bucket`, all, ['le', `${le}`])),
          seriesId(`${name}_sum`, all),
          seriesId(`${name}_count`, all),
        ]
      : [seriesId(name, all)];
  const prefixes = ids.map((id) => Buffer.from(`${id} `));
  const bytes = new Uint8Array(
    prefixes.reduce((sum, prefix) => sum + prefix.length + LONGEST_DECIMAL, 0),
  );
  const begins: number[] = [];
  const values: number[] = [];
  let at = 0;
  for (const prefix of prefixes) {
    begins.push(at);
    bytes.set(prefix, at);
    values.push(at + prefix.length);
    at += prefix.length + LONGEST_DECIMAL;
  }
  const header = before === instrument ? '' : headerOf(instrument);
  return { header: Buffer.from(header), bytes, begins, values };
}

/** A counter's family is named without `_total`; one whose name lacks it is of no known type. */
function headerOf({ name, kind, help }: Instrument): string {
  const total = kind === 'counter' && name.endsWith('_total');
  const family = total ? name.slice(0, -'_total'.length) : name;
  const type = kind === 'counter' && !total ? 'unknown' : kind;
  const escaped = help.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
  return `# TYPE ${family} ${type}\n# HELP ${family} ${escaped}\n`;
}
