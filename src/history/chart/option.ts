import type { EChartsOption } from 'echarts';
import { timeAxis, valueAxis } from './axes.js';
import { type Layout, layoutOf, type Size } from './layout.js';
import { magnitudeOf } from './magnitude.js';
import {
  type ChartIncident,
  type ChartRow,
  incidentsWithin,
  type Measure,
  stretchesOf,
  weekMeans,
} from './rows.js';
import { FONT, PALETTES, type Palette, type Theme } from './theme.js';
import { description, PANELS, subtitle, totals } from './words.js';

export interface ChartInput {
  /** At least one, in the order of their days. */
  readonly rows: readonly ChartRow[];
  readonly incidents: readonly ChartIncident[];
  readonly title: string;
}

/** Names of the legend. Series of the same name are switched on and off together. */
const LEGEND = { day: 'Each day', mean: '7-day mean', incident: 'Incident' };

/** Pixels beside the title, for the legend, and as bold letters are wider than they are taken for. */
const LEGEND_WIDTH = 400;

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
  // What began before the first day is drawn, and named, from there.
  const drawn = incidents.map((each) => ({ ...each, from: Math.max(each.from, span.from) }));
  const layout = layoutOf(size, drawn, span, interactive ? 44 : 0);
  const part = (pixels: number) => `${((pixels / size.height) * 100).toFixed(3)}%`;
  const sides = { left: layout.left, right: `${(layout.right / size.width) * 100}%` };
  const boxes = [...layout.panels, layout.lanes];
  return {
    animation: false,
    useUTC: true,
    backgroundColor: palette.ground,
    textStyle: { fontFamily: FONT, color: palette.text },
    aria: { enabled: true, label: { description: description(rows, incidents) } },
    title: titles({ ...input, incidents }, layout, palette, { part, width: size.width }),
    legend: legend(palette, incidents.length > 0),
    grid: boxes.map(({ top, height }) => ({
      ...{ ...sides, top: part(top), height: part(height) },
      // Each would make room for its own labels, and they would no longer share one time axis.
      outerBoundsMode: 'none',
    })),
    xAxis: boxes.map((_, index) => ({
      ...timeAxis(palette, index === PANELS.length - 1, index < PANELS.length),
      ...{ gridIndex: index, min, max },
    })),
    yAxis: [
      ...PANELS.map(({ measure, prefix }, gridIndex) => ({
        ...{ ...valueAxis(palette, prefix, magnitudeOf(rows, measure)), gridIndex },
      })),
      {
        ...{ type: 'value', show: false, inverse: true, gridIndex: PANELS.length },
        ...{ min: 0, max: Math.max(1, layout.lanes.count) },
      },
    ],
    series: [...panelSeries(rows, palette), ...incidentSeries(drawn, layout, palette)],
    ...(interactive ? interaction(palette, sides) : {}),
  };
}

function titles(
  { rows, incidents, title }: ChartInput,
  { left, right, title: y, subtitle: below, panels }: Layout,
  { text, muted, panels: colours }: Palette,
  { part, width }: { part: (pixels: number) => string; width: number },
) {
  const style = (fontSize: number, color: string, fontWeight: 'bold' | 'normal') => ({
    textStyle: { fontSize, color, fontWeight },
  });
  const at = { padding: 0, left };
  // Anchored at its end: how wide a text is, only its reader's fonts know.
  const atEnd = {
    padding: 0,
    left: `${100 - (right / width) * 100}%`,
    textAlign: 'right' as const,
  };
  const main = style(26, text, 'bold').textStyle;
  const cut = {
    ...main,
    width: width - left - right - LEGEND_WIDTH,
    overflow: 'truncate' as const,
  };
  const under = subtitle(rows, incidents.length > 0);
  return [
    { ...at, top: part(y), text: title, textStyle: cut },
    { ...at, top: part(below), text: under, ...style(15, muted, 'normal') },
    ...PANELS.flatMap((panel, index) => {
      const top = part(panels[index]!.heading);
      const heading = { ...at, top, text: `${panel.name} per day` };
      return [
        { ...heading, ...style(15, colours[index]!.mean, 'bold') },
        { ...atEnd, top, text: totals(rows, panel), ...style(13, muted, 'normal') },
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

/** By panel: its days as steps, and the mean as a line over them. */
function panelSeries(rows: readonly ChartRow[], palette: Palette) {
  return PANELS.flatMap(({ measure }, index) => {
    const { mean, day } = palette.panels[index]!;
    const magnitude = magnitudeOf(rows, measure);
    const counted = rows.map((row) => ({ ...row, [measure]: row[measure] / magnitude.of }));
    const means = weekMeans(counted, measure);
    const line = {
      ...{ type: 'line' as const, showSymbol: false, emphasis: { disabled: true } },
      ...{ xAxisIndex: index, yAxisIndex: index },
    };
    return [
      {
        ...{ ...line, name: LEGEND.day, z: 2, step: 'middle' as const },
        ...{ lineStyle: { width: 0 }, itemStyle: { color: day } },
        areaStyle: { color: day, opacity: 1 },
        data: steps(counted, measure),
      },
      {
        ...{ ...line, name: LEGEND.mean, z: 4 },
        ...{ lineStyle: { color: mean, width: 2.5 }, itemStyle: { color: mean } },
        data: counted.map((row, i) => [row.day * DAY + NOON, means[i] ?? null]),
      },
    ];
  });
}

/** A point at the noon of each day, and at both ends of days that follow one another. */
function steps(rows: readonly ChartRow[], measure: Measure): [number, number | null][] {
  return stretchesOf(rows).flatMap((stretch) => {
    const [first, last] = [stretch[0]!, stretch.at(-1)!];
    const end = (last.day + 1) * DAY;
    return [
      [first.day * DAY, first[measure]] as [number, number],
      ...stretch.map((row): [number, number] => [row.day * DAY + NOON, row[measure]]),
      ...[[end, last[measure]] as [number, number], [end, null] as [number, null]],
    ];
  });
}

/**
 * A band across each panel, with an edge, as two hours of a year are no pixel wide; and above the
 * first its name, with a line that leads down from it.
 */
function incidentSeries(incidents: readonly ChartIncident[], layout: Layout, palette: Palette) {
  if (incidents.length === 0) return [];
  const { band: color, edge: borderColor, text } = palette.incident;
  const { count } = layout.lanes;
  const named = PANELS.length;
  return [...PANELS.keys(), named].map((index) => {
    const data = incidents.flatMap(({ name, from, to }, i) => {
      const [xFrom, xTo] = [{ xAxis: from * 1000 }, { xAxis: to * 1000 }];
      if (index < named) return [[xFrom, xTo]];
      const place = layout.labels[i];
      if (!place) return [];
      const { lane, leftward } = place;
      const position = [leftward ? -5 : 5, 0];
      const label = { show: true, align: leftward ? 'right' : 'left', position };
      return [
        [
          { ...xFrom, name, yAxis: lane, label },
          { ...xFrom, yAxis: count },
        ],
      ];
    });
    return {
      ...{ type: 'line' as const, name: LEGEND.incident, xAxisIndex: index, yAxisIndex: index },
      data: [],
      markArea: {
        ...{ silent: true, z: 3, itemStyle: { color, borderColor, borderWidth: 1 } },
        label: { show: false, color: text, fontSize: 12 },
        data: data as never,
      },
    };
  });
}

function interaction({ muted, grid, ground, text }: Palette, sides: object) {
  const zoom = { xAxisIndex: [0, 1, 2, 3], minValueSpan: 7 * DAY, filterMode: 'none' as const };
  return {
    axisPointer: { link: [{ xAxisIndex: 'all' as const }], lineStyle: { color: muted } },
    tooltip: {
      ...{ trigger: 'axis' as const, confine: true, backgroundColor: ground, borderColor: grid },
      textStyle: { color: text, fontSize: 13 },
    },
    dataZoom: [
      { type: 'inside' as const, ...zoom },
      {
        ...{ type: 'slider' as const, ...zoom, ...sides, bottom: 8, height: 22 },
        ...{ showDetail: false, borderColor: grid, showDataShadow: false },
      },
    ],
  };
}
