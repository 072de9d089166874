import { LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TitleComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { laidOut, type Size } from './layout.js';
import { type ChartInput, optionOf } from './option.js';
import { incidentsWithin } from './rows.js';
import type { Theme } from './theme.js';
import { description } from './words.js';

use([
  ...[LineChart, SVGRenderer],
  ...[AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, TitleComponent],
]);

/** The chart as one SVG document. */
export function svgOf(input: ChartInput, { size, theme }: { size: Size; theme: Theme }): string {
  const laid = laidOut(size);
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...laid });
  try {
    chart.setOption(optionOf(input, { size: laid, theme }));
    return finished(chart.renderToSVGString(), input, size);
  } finally {
    chart.dispose();
  }
}

/**
 * With its final size, a name and a description; without what a page would do with it, so that it
 * is the same however many were drawn before.
 */
function finished(svg: string, { rows, incidents, title }: ChartInput, size: Size): string {
  const words = description(rows, incidentsWithin(rows, incidents));
  const described = `<title>${escaped(title)}</title><desc>${escaped(words)}</desc>`;
  const sized = `<svg width="${size.width}" height="${size.height}" role="img"`;
  return `${svg
    .replace(/<style[\s\S]*?<\/style>\n?/, '')
    .replace(/ (class|pointer-events)="[^"]*"/g, '')
    .replace(/("|#)zr\d+-/g, '$1chart-')
    .replace(/^<svg width="[^"]*" height="[^"]*"/, sized)
    .replace(/^<svg [^>]*>/, (open) => `${open}\n${described}`)}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it stands in XML and in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
