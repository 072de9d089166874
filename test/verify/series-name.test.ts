import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seriesId } from '../../src/series.js';
import { canonical, parseSeries } from '../../src/verify/series-name.js';

const name = fc.stringMatching(/^[a-z_]{1,8}$/);
const labels = fc.dictionary(name, fc.string({ unit: 'binary', maxLength: 6 }));

test('a series id can be taken apart, whatever stands in its labels', () => {
  fc.assert(
    fc.property(name, labels, (metric, own) => {
      expect(parseSeries(seriesId(metric, own))).toEqual({ name: metric, labels: own });
    }),
  );
});

test('labels that look like the end of one', () => {
  const own = { a: '",b="', c: '\\', d: '}\n{', e: '\\n' };
  expect(parseSeries(seriesId('x', own))?.labels).toEqual(own);
  for (const text of ['', '{a="1"}', 'x{a=1}', 'x{a="1"', 'x{a="1"}y', '1x']) {
    expect(parseSeries(text), text).toBeUndefined();
  }
});

test.each([
  ['x_bucket{le="1e+06",a="1"}', 'x_bucket{a="1",le="1000000"}'],
  ['x_bucket{z="1",le="5.0"}', 'x_bucket{z="1",le="5"}'],
  ['x_bucket{a="1",le="1.0"}', 'x_bucket{a="1",le="1"}'],
  ['x_bucket{le="Inf"}', 'x_bucket{le="+Inf"}'],
  ['x_bucket{le="odd"}', 'x_bucket{le="odd"}'],
  ['x', 'x'],
])('%s and %s are one series', (a, b) => {
  expect(canonical(parseSeries(a)!)).toBe(b);
});
