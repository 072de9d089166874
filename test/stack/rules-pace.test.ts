import { expect, test } from 'vitest';
import { paceOf } from '../../src/stack/rules/pace.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { rules, rulesOf } from './rules.js';

test.each([
  [1, '5h30m', '5h30m'],
  [1 / 60, '5h30m', '330000ms'],
  [1 / 60, '5m', '5000ms'],
  [1 / 60, '3d', '4320000ms'],
  [1e-9, '5m', '1ms'],
])('a scale of %d makes %s %s', (scale, span, expected) => {
  expect(paceOf(scale).span(span)).toBe(expected);
});

test('a pace leaves a wait its second: nothing is scraped more often', () => {
  expect([paceOf(1 / 60).wait('2m'), paceOf(1 / 300).wait('2m')]).toEqual(['2000ms', '1000ms']);
  expect(paceOf(1).wait('5m')).toBe('5m');
  for (const { groups } of Object.values(rulesFor({ scale: 1 / 1000 }))) {
    for (const { interval = '1000ms', rules } of groups) {
      const waits = rules.flatMap((rule) => ('for' in rule ? [rule.for] : []));
      for (const wait of [interval, ...waits]) {
        expect(Number.parseInt(wait!, 10)).toBeGreaterThanOrEqual(1000);
      }
    }
  }
});

test('a pace changes windows and waits, and nothing else', () => {
  const faster = Object.values(rulesFor({ scale: 1 / 60 })).flatMap(rulesOf);
  expect(faster).toHaveLength(rules.length);
  faster.forEach((fast, i) => {
    const rule = rules[i]!;
    expect(shape(fast.expr)).toBe(shape(rule.expr));
    if (!('alert' in fast) || !('alert' in rule)) return;
    expect({ ...fast, expr: '', for: '' }).toEqual({ ...rule, expr: '', for: '' });
    if (rule.for === '5m') expect(fast.for).toBe('5000ms');
  });
  expect(JSON.stringify(faster)).toContain('[5000ms] offset 55000ms');
  expect(JSON.stringify(faster)).toContain('time() - push_time_seconds > 15)');
});

/** An expression with its durations, and the seconds that stand for one, left out. */
function shape(expr: string): string {
  return expr
    .replace(/\[\w+\]|offset \w+/g, '_')
    .replace(/(time\(\) - .*[<>]|^\) >|< time\(\) -) [\d.]+/gm, '$1 _');
}
