import type { EChartsOption } from 'echarts';
import { type Layout, layoutOf, type Size } from './layout.js';
import { type ChartIncident, type ChartRow, incidentsWithin, weekMeans } from './rows.js';
import { FONT, PALETTES, type Palette, type Theme } from './theme.js';
import { description, PANELS, period, totals } from './words.js';

export interface ChartInput {
  /** At least one, in the order of their days. */
  readonly rows: readonly ChartRow[];
  readonly incidents: readonly ChartIncident[];
  readonly title: string;
}

/** Names of the legend. Series of the same name are switched on and off together. */
const LEGEND = { day: 'Each day', mean: '7-day mean', incident: 'Incident' };

const DAY = 86_400_000;
/** A day's value stands at its noon, between its ends: so incidents fall on the day they hit. */
const NOON = DAY / 2;

/**
 * The chart as ECharts wants it: nothing but data, so that it can be written into a page.
 * @param interactive with room and means for zooming
 */
export function optionOf(
  input: ChartInput,
  { size, theme, interactive = false }: { size: Size; theme: Theme; interactive?: boolean },
): EChartsOption {
  const { rows } = input;
  const palette = PALETTES[theme];
  const incidents = incidentsWithin(rows, input.incidents);
  const [min, max] = [rows[0]!.day * DAY, (rows.at(-1)!.day + 1) * DAY];
  const span = { from: min / 1000, to: max / 1000 };
  const layout = layoutOf(size, incidents, span, interactive ? 44 : 0);
  const part = (pixels: number) => `${((pixels / size.height) * 100).toFixed(3)}%`;
  const sides = { left: layout.left, right: layout.right };
  const boxes = [...layout.panels, layout.bands];
  return {
    animation: false,
    useUTC: true,
    backgroundColor: palette.ground,
    textStyle: { fontFamily: FONT, color: palette.text },
    aria: { enabled: true, label: { description: description(rows, incidents) } },
    title: titles(input, layout, palette, part),
    legend: legend(palette, incidents.length > 0),
    grid: boxes.map(({ top, height }) => ({ ...sides, top: part(top), height: part(height) })),
    xAxis: boxes.map((_, index) => ({
      ...timeAxis(palette, index === PANELS.length - 1, index < PANELS.length),
      ...{ gridIndex: index, min, max },
    })),
    yAxis: [
      ...PANELS.map(({ axis }, gridIndex) => ({ ...valueAxis(palette, axis), gridIndex })),
      { type: 'value', show: false, min: 0, max: 1, gridIndex: PANELS.length },
    ],
    series: [...panelSeries(rows, palette), ...bandSeries(incidents, layout, palette)],
    ...(interactive ? interaction(palette, sides) : {}),
  };
}

function titles(
  { rows, title }: ChartInput,
  { left, right, title: y, subtitle, panels }: Layout,
  { text, muted, panels: colours }: Palette,
  part: (pixels: number) => string,
) {
  const heading = { fontSize: 15, fontWeight: 'bold', color: text } as const;
  const aside = { fontSize: 13, fontWeight: 'normal', color: muted } as const;
  const plain = { padding: 0 };
  return [
    { ...plain, left, top: part(y), text: title, textStyle: { ...heading, fontSize: 26 } },
    {
      ...plain,
      left,
      top: part(subtitle),
      text: period(rows),
      textStyle: { ...aside, fontSize: 15 },
    },
    ...panels.flatMap(({ heading: top }, index) => {
      const { name, unit } = PANELS[index]!;
      const rich = { name: { ...heading, color: colours[index]!.mean }, unit: aside };
      const words = `{name|${name}}{unit|  ${unit}}`;
      return [
        { ...plain, left, top: part(top), text: words, textStyle: { rich } },
        { ...plain, right, top: part(top), text: totals(rows, PANELS[index]!), textStyle: aside },
      ];
    }),
  ];
}

function legend({ text, muted, grid, incident }: Palette, marked: boolean) {
  const of = (name: string, icon: string, color: string) => ({
    ...{ name, icon, itemStyle: { color, borderWidth: 0 }, lineStyle: { color } },
  });
  const line = 'path://M0,4 H24 V8 H0 Z';
  return {
    ...{ right: 32, top: 22, itemWidth: 22, itemHeight: 12, itemGap: 22 },
    inactiveColor: grid,
    textStyle: { fontSize: 14, color: text },
    data: [
      of(LEGEND.day, 'rect', `${muted}59`),
      of(LEGEND.mean, line, muted),
      ...(marked ? [of(LEGEND.incident, 'rect', incident.edge)] : []),
    ],
  };
}

function timeAxis({ muted, grid }: Palette, labelled: boolean, shown: boolean) {
  return {
    type: 'time' as const,
    show: shown,
    axisPointer: { show: shown, label: { show: false } },
    axisLine: { lineStyle: { color: muted }, onZero: true },
    axisTick: { show: labelled, lineStyle: { color: muted } },
    splitLine: { show: true, lineStyle: { color: grid } },
    axisLabel: {
      ...{ show: labelled, color: muted, fontSize: 13, hideOverlap: true, lineHeight: 16 },
      formatter: { year: '{MMM}\n{yyyy}', month: '{MMM}', day: '{d} {MMM}', hour: ' ' },
    },
  };
}

function valueAxis({ muted, grid }: Palette, formatter: string) {
  return {
    type: 'value' as const,
    min: 0,
    splitNumber: 3,
    axisLabel: { color: muted, fontSize: 13, formatter },
    splitLine: { lineStyle: { color: grid } },
  };
}

/** By panel: its days as bars, and the mean as a line over them. */
function panelSeries(rows: readonly ChartRow[], palette: Palette) {
  return PANELS.flatMap(({ measure }, index) => {
    const { mean, day } = palette.panels[index]!;
    const means = weekMeans(rows, measure);
    const axes = { xAxisIndex: index, yAxisIndex: index };
    return [
      {
        ...{ type: 'bar' as const, name: LEGEND.day, ...axes, z: 2 },
        ...{ barCategoryGap: '0%', barMaxWidth: 40, itemStyle: { color: day } },
        data: rows.map((row) => [row.day * DAY + NOON, row[measure]]),
      },
      {
        ...{ type: 'line' as const, name: LEGEND.mean, ...axes, z: 3 },
        ...{
          showSymbol: false,
          lineStyle: { color: mean, width: 2.5 },
          itemStyle: { color: mean },
        },
        data: rows.map((row, i) => [row.day * DAY + NOON, means[i] ?? null]),
      },
    ];
  });
}

/** Incidents lie behind the panels, with an edge: two hours of a year are no pixel wide. */
function bandSeries(incidents: readonly ChartIncident[], layout: Layout, { incident }: Palette) {
  if (incidents.length === 0) return [];
  const { band: color, edge: borderColor, text } = incident;
  const axes = { xAxisIndex: PANELS.length, yAxisIndex: PANELS.length };
  const label = { show: true, color: text, fontSize: 12, distance: 0 };
  return [
    {
      ...{ type: 'line' as const, name: LEGEND.incident, ...axes, z: 1, data: [] },
      markArea: {
        ...{ silent: true, itemStyle: { color, borderColor, borderWidth: 1 } },
        data: incidents.map(({ name, from, to }, index) => {
          const place = layout.labels[index];
          const align = place?.leftward ? ('right' as const) : ('left' as const);
          const position = [place?.leftward ? -5 : 5, (place?.y ?? 0) + 1];
          return [
            {
              name,
              xAxis: from * 1000,
              label: place ? { ...label, align, position } : { show: false },
            },
            { xAxis: to * 1000 },
          ] as never;
        }),
      },
    },
  ];
}

function interaction({ muted, grid, ground, text }: Palette, sides: object) {
  const xAxisIndex = [0, 1, 2, 3];
  return {
    axisPointer: { link: [{ xAxisIndex: 'all' as const }], lineStyle: { color: muted } },
    tooltip: {
      ...{ trigger: 'axis' as const, confine: true, backgroundColor: ground, borderColor: grid },
      textStyle: { color: text, fontSize: 13 },
    },
    dataZoom: [
      { type: 'inside' as const, xAxisIndex, minValueSpan: 7 * DAY },
      {
        ...{ type: 'slider' as const, xAxisIndex, ...sides, bottom: 8, height: 22 },
        ...{ minValueSpan: 7 * DAY, showDetail: false, borderColor: grid, showDataShadow: false },
      },
    ],
  };
}
