import { UsageError } from '../errors.js';
import { type ChartFormat, FORMATS } from '../history/chart/draw.js';

/** What the name of a chart's file says that it is. */
export function chartFormatOf(option: string, output: string): ChartFormat {
  const format = FORMATS.find((ending) => hasEnding(output, ending));
  if (format) return format;
  throw new UsageError(`${option}: ${JSON.stringify(output)} does not say which format`, {
    hint: 'let it end in .svg, .html or .png',
  });
}

export function hasEnding(path: string, ending: string): boolean {
  return path.toLowerCase().endsWith(`.${ending}`);
}
