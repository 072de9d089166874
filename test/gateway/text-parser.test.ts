import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { expect, test } from 'vitest';
import { toBytes } from '../../src/gateway/bytes.js';
import type { Reading } from '../../src/gateway/family.js';
import { UNLIMITED } from '../../src/gateway/limits.js';
import { formatNumber, parseNumber } from '../../src/gateway/numbers.js';
import { parseText } from '../../src/gateway/text-parser.js';

// What the parser refuses, and in which words, the differential suite holds against the real one.

const value = fc.string({ unit: 'grapheme', maxLength: 8 });
const amount = fc.double({ min: 0, max: 1e12, noNaN: true }).map((x) => x + 0);

test('reads what prom-client writes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
      fc.dictionary(value, amount, { minKeys: 1, maxKeys: 4 }),
      fc.array(fc.tuple(value, amount), { maxLength: 12 }),
      async (help, values, observed) => {
        const registry = new Registry();
        const about = { help, labelNames: ['l'], registers: [registry] };
        const counter = new Counter({ name: 'c_total', ...about });
        const gauge = new Gauge({ name: 'g', ...about });
        const histogram = new Histogram({ name: 'h', ...about, buckets: [0.1, 1, 1e6] });
        const summary = new Summary({ name: 's', ...about, percentiles: [0.5, 0.9] });
        for (const [l, v] of Object.entries(values)) {
          counter.inc({ l }, v);
          gauge.set({ l }, -v);
        }
        for (const [l, v] of observed) {
          histogram.observe({ l }, v);
          summary.observe({ l }, v);
        }
        const families = parseText(toBytes(await registry.metrics()));
        const parsed = new Map(families.map((family) => [family.name, family]));

        for (const [name, sign] of [
          ['c_total', 1],
          ['g', -1],
        ] as const) {
          const { type, help: shown, metrics } = parsed.get(name)!;
          expect({ type, shown }).toEqual({
            type: name === 'g' ? 'gauge' : 'counter',
            // Blanks before it are not part of it.
            shown: toBytes(help.replace(/^[ \t]+/, '')) || undefined,
          });
          const read = metrics.map((metric) => [metric.labels, metric.value]);
          expect(read).toEqual(
            Object.entries(values).map(([l, v]) => [[['l', toBytes(l)]], sign * v + 0]),
          );
        }
        for (const l of new Set(observed.map(([label]) => label))) {
          const all = observed.filter(([label]) => label === l).map(([, v]) => v);
          const of = (name: string): Reading | undefined =>
            parsed.get(name)?.metrics.find((metric) => metric.labels[0]?.[1] === toBytes(l));
          expect(of('s')?.count).toBe(all.length);
          const bounds = [0.1, 1, 1e6, Infinity];
          expect(of('h')).toMatchObject({
            count: all.length,
            value: all.reduce((a, b) => a + b, 0),
            points: bounds.flatMap((bound) => [bound, all.filter((v) => v <= bound).length]),
          });
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('any bytes are parsed or refused, in time that grows with them', () => {
  const token = fc.constantFrom(
    ...[
      'x',
      'h_bucket',
      '{',
      '}',
      '"',
      '\\',
      '\n',
      ' ',
      ',',
      '=',
      '1',
      'NaN',
      '# TYPE ',
      '# HELP ',
    ],
    ...['histogram', 'summary', 'le', 'quantile', '\xff', '\0', 'e9', '-'],
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
      try {
        for (const { metrics } of parseText(tokens.join(''))) {
          expect(metrics.length).toBeGreaterThan(0);
        }
      } catch (error) {
        expect(`${error}`).toMatch(/^Error: text format parsing error in line \d+: ./);
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['blanks', ' '.repeat(200_000)],
  ['digits', `x ${'1'.repeat(200_000)}\n`],
  ['a timestamp', `x 1 ${'1'.repeat(200_000)}\n`],
  ['quotes', `x{a="${'\\"'.repeat(100_000)}"} 1\n`],
  ['labels', `x{${Array.from({ length: 20_000 }, (_, i) => `a${i}=""`).join()}} 1\n`],
  ['open', 'x{'.repeat(100_000)],
  ['comments', '#\n'.repeat(100_000)],
  ['not UTF-8', `x{a="${'\xc3'.repeat(200_000)}"} 1\n`],
])('%s by the hundred thousand are no trouble', (_, text) => {
  // Milliseconds where it is linear; minutes, and so the test's timeout, where it is not.
  try {
    parseText(text, { ...UNLIMITED, labels: 64 });
  } catch (error) {
    expect(`${error}`).toContain('text format parsing error');
  }
});

test.each([
  [0, '0'],
  [-0, '0'],
  [999999, '999999'],
  [1e6, '1e+06'],
  [-1234567, '-1.234567e+06'],
  [1e21, '1e+21'],
  [1e100, '1e+100'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('%d is written %s', (number, text) => {
  expect(formatNumber(number)).toBe(text);
});

test('a number that is written is read back', () => {
  fc.assert(
    fc.property(fc.double(), (number) => {
      expect(parseNumber(formatNumber(number))).toBe(number + 0);
    }),
  );
});

test.each([
  // Their family counts too.
  ['one series again and again', 'x 1\n'.repeat(6), 7],
  ['many series', 'x{a="1"} 1\nx{a="2"} 1\nx{a="3"} 1\n', 4],
  ['families without a sample', '# HELP a x\n# HELP b x\n# TYPE c counter\n', 3],
])('%s: only so many in one push', (_, text, made) => {
  expect(() => parseText(text, { ...UNLIMITED, pushMetrics: made })).not.toThrow();
  expect(() => parseText(text, { ...UNLIMITED, pushMetrics: made - 1 })).toThrow(
    `more than this gateway's limit of ${made - 1} metrics in one push`,
  );
});
