import type { Size } from './layout.js';
import type { ChartInput } from './option.js';
import type { Theme } from './theme.js';

export const FORMATS = ['svg', 'html', 'png'] as const;
export type ChartFormat = (typeof FORMATS)[number];

export interface ChartStyle {
  readonly format: ChartFormat;
  readonly size: Size;
  /** Undefined: light; of a page the one that its reader's system prefers. */
  readonly theme: Theme | undefined;
}

/** The chart as the content of a file. What draws it is imported here, when it is needed. */
export async function drawChart(
  input: ChartInput,
  { format, size, theme }: ChartStyle,
): Promise<string | Uint8Array> {
  if (format === 'html') return await (await import('./html.js')).htmlOf(input, { size, theme });
  const { svgOf } = await import('./svg.js');
  const svg = svgOf(input, { size, theme: theme ?? 'light' });
  return format === 'svg' ? svg : await (await import('./png.js')).pngOf(svg);
}
