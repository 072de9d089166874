import { type Labels, seriesId } from '../series.js';
import type { Instrument } from '../services/service.js';
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
      yield templates[i]!.header;
      yield* linesOf(metrics[i]!, templates[i]!, stamps);
    }
    yield END;
  };
}

function* linesOf(
  { lines, values }: Metric,
  { bytes, begins, values: valuesAt }: Template,
  { text, ends: stampEnds }: Stamps,
): Iterable<Uint8Array> {
  const room = bytes.length + lines * LONGEST_STAMP;
  const size = Math.max(PIECE, room);
  const last = new Float64Array(lines).fill(Number.NaN);
  const ends = new Int32Array(lines);
  let out = Buffer.allocUnsafeSlow(size);
  let pos = 0;
  let at = 0;
  for (let stamp = 0, k = 0; k < stampEnds.length; k++) {
    if (pos + room > size) {
      yield out.subarray(0, pos);
      out = Buffer.allocUnsafeSlow(size);
      pos = 0;
    }
    const stampEnd = stampEnds[k]!;
    for (let line = 0; line < lines; line++) {
      const value = values[at++]!;
      if (value !== last[line]) {
        last[line] = value;
        ends[line] = writeDecimal(bytes, valuesAt[line]!, value);
      }
      const end = ends[line]!;
      for (let b = begins[line]!; b < end; b++) out[pos++] = bytes[b]!;
      for (let b = stamp; b < stampEnd; b++) out[pos++] = text[b]!;
    }
    stamp = stampEnd;
  }
  yield out.subarray(0, pos);
}

interface Stamps {
  readonly text: Uint8Array;
  /** Where each stamp ends; the next begins there. */
  readonly ends: Int32Array;
}

/** What stands behind the value, by instant; the same in every series. */
function stampsOf({ first, steps }: Window, step: number): Stamps {
  const stamps = Array.from({ length: steps }, (_, k) => ` ${first + k * step}\n`);
  const ends = new Int32Array(steps);
  let end = 0;
  stamps.forEach((stamp, k) => {
    end += stamp.length;
    ends[k] = end;
  });
  return { text: Buffer.from(stamps.join('')), ends };
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
