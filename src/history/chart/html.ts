import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { laidOut, type Size } from './layout.js';
import { type ChartInput, optionOf } from './option.js';
import { PAGE_SCRIPT } from './page-script.js';
import { type ChartRow, incidentsWithin, weekMeans } from './rows.js';
import { escaped } from './svg.js';
import { FONT, PALETTES, type Theme } from './theme.js';
import { PANELS } from './words.js';

/**
 * The chart as a page that needs nothing but itself: ECharts is in it, and its policy forbids the
 * network.
 * @param theme undefined for the one that the reader's system prefers
 */
export async function htmlOf(
  input: ChartInput,
  { size, theme }: { size: Size; theme: Theme | undefined },
): Promise<string> {
  const library = createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js');
  const of = (each: Theme) =>
    optionOf(input, { size: laidOut(size), theme: each, interactive: true });
  const options = {
    ...(theme ? { theme, [theme]: of(theme) } : { light: of('light'), dark: of('dark') }),
    panels: PANELS.map(({ name }) => name),
    days: daysOf(input.rows),
    incidents: incidentsWithin(input.rows, input.incidents),
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(input.title)}</title>
<style>${styleOf(size)}</style>
</head>
<body>
<div id="chart"></div>
<noscript>This chart is drawn by the script inside this page.</noscript>
<script type="application/json" id="options">${inScript(JSON.stringify(options))}</script>
<script>${await readFile(library, 'utf8')}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** By day what its tooltip shows: for each panel the day's value and the mean. */
function daysOf(rows: readonly ChartRow[]): Record<number, (number | null)[][]> {
  const means = PANELS.map(({ measure }) => weekMeans(rows, measure));
  return Object.fromEntries(
    rows.map((row, i) => [
      row.day,
      PANELS.map(({ measure }, panel) => [row[measure], means[panel]![i] ?? null]),
    ]),
  );
}

/** JSON in which nothing can end the script element that it stands in. */
function inScript(json: string): string {
  return json.replace(/</g, '\\u003c');
}

function styleOf({ width, height }: Size): string {
  const grounds = (['light', 'dark'] as const).map(
    (theme) => `[data-theme=${theme}]{background:${PALETTES[theme].ground};color-scheme:${theme}}`,
  );
  return `${grounds.join('')}
body{margin:0;font-family:${FONT}}
#chart{height:100vh;min-height:560px;max-height:${Math.round((height / width) * 100)}vw;min-width:760px}
#chart table{border-spacing:0;margin:4px 0 0}
#chart th{text-align:left;font-weight:bold;padding:1px 14px 1px 0}
#chart td{text-align:right;padding:1px 0 1px 14px;font-variant-numeric:tabular-nums}
#chart p{margin:4px 0 0;font-weight:bold}`;
}
