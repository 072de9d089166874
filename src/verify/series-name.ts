import type { Labels } from '../series.js';
import { seriesId } from '../series.js';

export interface SeriesName {
  readonly name: string;
  readonly labels: Labels;
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/gs;

/** Takes `name{a="1",b="2"}` apart; undefined for other text. */
export function parseSeries(id: string): SeriesName | undefined {
  const [, name, inner = ''] = SERIES.exec(id) ?? [];
  if (name === undefined || inner.replace(LABEL, '') !== '') return undefined;
  const labels = [...inner.matchAll(LABEL)].map(([, label, value]) => [
    label!,
    value!.replace(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ]);
  return { name, labels: Object.fromEntries(labels) };
}

/**
 * The same text for the same series, wherever it comes from: labels by name, `le` after them, and
 * its bound as JavaScript writes it. Pushgateway writes `1e+06`, Prometheus 3 `1.0`, ragmon `1`.
 */
export function canonical({ name, labels }: SeriesName): string {
  const { le, ...others } = labels;
  return le === undefined ? seriesId(name, labels) : seriesId(name, others, ['le', boundText(le)]);
}

/** The upper bound of a bucket. */
export function boundOf(le: string): number {
  return /^\+?Inf$/.test(le) ? Number.POSITIVE_INFINITY : Number(le);
}

function boundText(le: string): string {
  const bound = boundOf(le);
  if (Number.isNaN(bound)) return le;
  return bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
}

/** Values by canonical id. */
export function canonicalValues(
  values: Iterable<readonly [string, number]>,
): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const [id, value] of values) {
    const series = parseSeries(id);
    all.set(series ? canonical(series) : id, value);
  }
  return all;
}
