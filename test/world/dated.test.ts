import { describe, expect, test } from 'vitest';
import { datedNamed } from '../../src/world/dated.js';

const minute = (time: string) => Date.parse(time) / 60_000;
const from = minute('2026-02-01T00:00:00Z');
const to = minute('2026-03-01T00:00:00Z');

describe('a scenario by its name in a history', () => {
  test('several at their times, oldest first, under that name', () => {
    const name = 'error-burst@2026-02-20t12:00:00z,latency-spike@2026-02-03';
    const scenario = datedNamed(name)!;
    expect(scenario.name).toBe(name);
    expect(scenario.incidentsIn('s', from, to)).toMatchObject([
      { name: 'latency-spike', from: minute('2026-02-03T00:01:00Z') },
      { name: 'error-burst', to: minute('2026-02-20T12:16:00Z') },
    ]);
    expect(scenario.incidentsIn('s', from, from + 1)).toEqual([]);
  });

  test('the year', () => {
    expect(datedNamed('year')?.incidentsIn('s', from - 525_600, to).length).toBeGreaterThan(4);
  });

  test.each([
    '',
    'none',
    'doom',
    'error-burst',
    'error-burst@now-1h',
    'error-burst@2026-13-01',
    'year@2026-02-03',
    'year,doom',
  ])('none: %j', (name) => {
    expect(datedNamed(name)).toBeUndefined();
  });
});
