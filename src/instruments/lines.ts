import { joinLabels, type Labels, seriesId } from '../series.js';

/**
 * The lines of one exposition, but for their values: everything in front of the value, and the id of
 * the series (labels sorted by name). HELP and TYPE stand in front of a family's first line. They
 * are the same for all jobs of a service, so they are made once.
 */
export interface Lines {
  readonly prefixes: readonly string[];
  readonly ids: readonly string[];
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly series: readonly Labels[];
  /** Upper bounds of a histogram's buckets, in its base unit. */
  readonly bounds?: readonly number[];
}

/** Lines in the order, and with the spacing, of prom-client's `registry.metrics()`. */
export function linesOf(families: readonly Family[]): Lines {
  const prefixes: string[] = [];
  const ids: string[] = [];
  for (const { name, help, kind, series, bounds = [] } of families) {
    const gap = prefixes.length === 0 ? '' : '\n';
    let header = `${gap}# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
    const line = (metric: string, labels: Labels, le?: string) => {
      const shown = le === undefined ? labels : { le, ...labels };
      prefixes.push(`${header}${metric}${labelText(shown)} `);
      ids.push(seriesId(metric, labels, le === undefined ? undefined : ['le', le]));
      header = '';
    };
    for (const labels of series) {
      if (kind !== 'histogram') {
        line(name, labels);
        continue;
      }
      for (const bound of [...bounds, '+Inf']) line(`${name}_bucket`, labels, `${bound}`);
      line(`${name}_sum`, labels);
      line(`${name}_count`, labels);
    }
  }
  return { prefixes, ids };
}

/** Text format 0.0.4. Values are finite: nothing here divides, and nothing is infinite. */
export function writeLines({ prefixes }: Lines, values: readonly number[]): string {
  let text = '';
  for (let i = 0; i < prefixes.length; i++) text += `${prefixes[i]}${values[i]}\n`;
  return text;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels);
  return pairs.length === 0 ? '' : `{${joinLabels(pairs)}}`;
}

function escapeHelp(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
}
