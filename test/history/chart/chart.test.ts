import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawChart } from '../../../src/history/chart/draw.js';
import { placeLabels } from '../../../src/history/chart/lanes.js';
import { SLIDE } from '../../../src/history/chart/layout.js';
import { optionOf } from '../../../src/history/chart/option.js';
import { rowsOfCsv } from '../../../src/history/chart/read-csv.js';
import { type ChartRow, weekMeans } from '../../../src/history/chart/rows.js';
import { svgOf } from '../../../src/history/chart/svg.js';
import { PALETTES } from '../../../src/history/chart/theme.js';
import { dayOf } from '../../../src/world/time.js';
import { csvOf, incident, worldRows, YEAR_INCIDENTS } from './samples.js';

const YEAR = readFileSync(new URL('year.csv', import.meta.url), 'utf8');
const rows = rowsOfCsv('year.csv', YEAR);
const input = { rows, incidents: YEAR_INCIDENTS, title: 'A year of RAG' };
const light = { size: SLIDE, theme: 'light' } as const;

function days(...values: (number | undefined)[]): ChartRow[] {
  return values.flatMap((requests, day) =>
    requests === undefined ? [] : [{ day: 100 + day, requests, docstoreCost: 1, llmCost: 2 }],
  );
}

test('the sample is what the world makes', () => {
  const lines = YEAR.split('\n').slice(0, 3);
  expect(csvOf(worldRows('2025-11-21', 2)).trim().split('\n')).toEqual(lines);
});

describe('7-day means', () => {
  test('stand at the last of their days', () => {
    const means = weekMeans(days(1, 2, 3, 4, 5, 6, 7, 15), 'requests');
    expect(means).toEqual([...Array(6).fill(undefined), 4, 6]);
  });

  test('are none where a day is missing', () => {
    const means = weekMeans(days(1, 1, 1, 1, 1, 1, undefined, 1, 1, 1, 1, 1, 1, 1), 'requests');
    expect(means).toEqual([...Array(12).fill(undefined), 1]);
  });
});

test('labels lie beside one another, and no line leads through one', () => {
  const label = (x: number) => ({ x, width: 80 });
  expect(placeLabels([0, 40, 200, 950, 960].map(label), 1000, 3)).toEqual([
    { lane: 0, leftward: false },
    { lane: 1, leftward: false },
    { lane: 0, leftward: false },
    { lane: 0, leftward: true },
    undefined,
  ]);
});

describe('the option', () => {
  const { series, yAxis } = optionOf(input, light) as {
    series: { name: string; data: [number, number | null][]; markArea?: { data: object[] } }[];
    yAxis: { min: number }[];
  };

  test('has each day and each mean, from zero', () => {
    const named = (name: string) => series.filter((each) => each.name === name);
    expect(named('Each day').map(({ data }) => data.length)).toEqual([368, 368, 368]);
    const means = named('7-day mean').map(({ data }) => data.filter(([, value]) => value !== null));
    expect(means.map(({ length }) => length)).toEqual([359, 359, 359]);
    expect(yAxis.map(({ min }) => min)).toEqual([0, 0, 0, 0]);
    const noon = dayOf('2025-11-21') * 86_400_000 + 43_200_000;
    expect(series[0]?.data[1]).toEqual([noon, rows[0]?.requests]);
  });

  test('marks the incidents of the days that it shows', () => {
    const outside = [
      incident('before', '2025-11-20T22:00:00Z', 2),
      incident('into', '2025-11-20T22:00:00Z', 3),
      incident('after', '2026-11-21T00:00:00Z', 2),
    ];
    const marked = optionOf({ ...input, incidents: outside }, light).series as typeof series;
    expect(marked.filter(({ markArea }) => markArea).map((s) => s.markArea?.data.length)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test('is data alone', () => {
    const option = optionOf(input, { ...light, interactive: true });
    expect(JSON.parse(JSON.stringify(option))).toEqual(option);
  });
});

describe('the SVG', () => {
  const svg = svgOf(input, light);

  test('is the same each time', () => {
    expect(svgOf(input, light)).toBe(svg);
  });

  test('says what it shows', () => {
    expect(svg).toMatch(/^<svg width="1280" height="720" role="img" /);
    expect(svg).toContain(
      '<title>A year of RAG</title><desc>Three panels over 365 days, 21 Nov 2025',
    );
    for (const text of [
      ...['A year of RAG', 'Requests per day', 'Document store cost per day', 'LLM cost per day'],
      ...['Each day', '7-day mean', 'Incident', '$10'],
      '21 Nov 2025 – 20 Nov 2026 · not every incident shows in a day’s requests or cost',
      ...['Dec', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov'],
      ...YEAR_INCIDENTS.map(({ name }) => name),
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  test('speaks of incidents only if there are any', () => {
    const calm = svgOf({ ...input, incidents: [] }, light);
    expect(calm).toContain('>21 Nov 2025 – 20 Nov 2026</text>');
    expect(calm).not.toContain('>Incident</text>');
  });

  test('names an incident that began before the first day', () => {
    const incidents = [incident('into', '2025-11-10T22:00:00Z', 300)];
    expect(svgOf({ ...input, incidents }, light)).toContain('>into</text>');
  });

  test('names are text, whatever they hold', () => {
    const incidents = [incident('<b>&"{a|x}', '2026-03-01T00:00:00Z', 1)];
    const odd = svgOf({ rows, incidents, title: '</title><script>' }, light);
    expect(odd).not.toMatch(/<b>|<script>/);
    expect(odd).toContain('&lt;b&gt;&amp;');
  });

  test.each([1, 2, 6, 31, 60])('of %i days', (count) => {
    const few = svgOf({ ...input, rows: rows.slice(0, count) }, light);
    expect(few).toContain('Requests per day');
    expect(few).not.toContain('NaN');
  });

  test('of days that are missing, or empty', () => {
    expect(svgOf({ ...input, rows: days(0, 0, undefined, 0) }, light)).not.toContain('NaN');
  });
});

describe('the panels', () => {
  const DIGIT = 7.3; // Pixels, of 13: Arimo's are 0.556 of its size wide.

  test.each([
    ['a ten thousandth of a dollar', 1e-4],
    ['less than can be told from nothing', 1e-12],
    ['a few', 1],
    ['1e4', 1e4],
    ['just below the first short label', 99_999],
    ['millions', 1.2e6],
    ['1e15', 1e15],
  ])('share one time axis, with whole labels: %s', (_, highest) => {
    const high = rows.map((row) => ({ ...row, requests: highest, llmCost: highest }));
    const svg = svgOf({ ...input, rows: high }, light);
    const across = [...svg.matchAll(/d="M([\d.]+) ([\d.]+)L([\d.]+) \2"/g)];
    expect(across.length).toBeGreaterThan(9);
    for (const [, from, , to] of across) expect([from, to]).toEqual(['76', '1248']);
    const labels = [...svg.matchAll(/translate\((\d+) [\d.]+\)" fill="#57606a">([$\d][^<]*)</g)]
      .map(([, end, label]) => ({ end: Number(end), label: `${label}` }))
      .filter(({ end }) => end < 76);
    expect(labels.length).toBeGreaterThan(5);
    for (const { end, label } of labels) {
      expect(end - label.length * DIGIT, label).toBeGreaterThan(0);
    }
    expect(new Set(labels.map(({ label }) => label)).size).toBeGreaterThan(4);
  });

  test.each([
    [67_313, ['0', '20,000', '40,000', '60,000', '80,000']],
    [612_000_000, ['0M', '200M', '400M', '600M', '800M']],
    [1.2e9, ['0B', '0.3B', '0.6B', '0.9B', '1.2B']],
    [1e15, ['0T', '300T', '600T', '900T', '1,200T']],
  ])('%d requests and fewer: %j', (requests, labels) => {
    const svg = svgOf({ ...input, rows: days(requests) }, light);
    const texts = [...svg.matchAll(/>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(texts.slice(0, labels.length + 1)).toEqual([...labels, '$0']);
  });
});

test('a PNG is as large as asked for', async () => {
  const size = { width: 1920, height: 1080 };
  const png = Buffer.from(await drawChart(input, { format: 'png', size, theme: 'dark' }));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1920, 1080]);
});

test('texts stand out from the ground by 4.5 to 1', () => {
  for (const { ground, text, muted, panels, incident: marks } of Object.values(PALETTES)) {
    for (const colour of [text, muted, marks.text]) {
      expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThan(4.5);
    }
    // Lines and large letters need 3 to 1.
    for (const { mean } of panels) expect(contrast(mean, ground), mean).toBeGreaterThan(3);
  }
});

/** WCAG 2: relative luminance, from sRGB. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright! + 0.05) / (dark! + 0.05);
}
