import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseChoice,
  parseDuration,
  parseInteger,
  parsePositive,
  parsePositiveDuration,
  parseTime,
  parseWorldDuration,
} from '../../src/commands/values.js';
import { UsageError } from '../../src/errors.js';

const NOW = Date.parse('2026-03-02T09:00:00.900Z');

describe('durations', () => {
  test.each([
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5400],
    ['7d', 604_800],
    ['250ms', 0.25],
    ['1.5h', 5400],
    ['1w', 604_800],
    ['0', 0],
    ['0s', 0],
  ])('%s', (text, seconds) => {
    expect(parseDuration('-d', text)).toBe(seconds);
  });

  test.each(['', '5', '-5s', '5 s', 's', '1x', 'inf', '1e3s', '٣s'])('%j is refused', (text) => {
    expect(() => parseDuration('--duration', text)).toThrow(UsageError);
    expect(() => parseDuration('--duration', text)).toThrow(/^--duration: .*is not a duration$/);
  });

  test('parts add up', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), fc.nat(99), (h, m, s) => {
        expect(parseDuration('-d', `${h}h${m}m${s}s`)).toBe(h * 3600 + m * 60 + s);
      }),
    );
  });

  test('limits', () => {
    expect(() => parsePositiveDuration('-i', '0')).toThrow('-i must be longer than 0');
    expect(() => parseWorldDuration('-d', '1500ms')).toThrow('grid of one second');
    expect(parseWorldDuration('-d', '1m')).toBe(60);
  });
});

describe('times', () => {
  test.each([
    ['now', '2026-03-02T09:00:00Z'],
    ['now-1h', '2026-03-02T08:00:00Z'],
    ['now+90s', '2026-03-02T09:01:30Z'],
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z'],
    ['2026-03-02T09:00:00.7Z', '2026-03-02T09:00:00Z'],
    ['2026-03-02T10:00:00+01:00', '2026-03-02T09:00:00Z'],
    ['2026-03-02 09:00Z', '2026-03-02T09:00:00Z'],
  ])('%s', (text, time) => {
    expect(parseTime('--start', text, NOW)).toBe(Date.parse(time) / 1000);
  });

  test.each([
    '',
    'yesterday',
    '2026-03-02',
    '2026-03-02T09:00:00',
    '2026-13-02T09:00:00Z',
    'now-x',
  ])('%j is refused', (text) => {
    expect(() => parseTime('--start', text, NOW)).toThrow(UsageError);
  });
});

test('numbers and choices', () => {
  expect(parseInteger('--jobs', '12', 1, 20)).toBe(12);
  for (const text of ['', ' ', '1.5', '0', '21', 'x']) {
    expect(() => parseInteger('--jobs', text, 1, 20)).toThrow(/--jobs: .*from 1 to 20/);
  }
  expect(parsePositive('--rate', '0.5', 10)).toBe(0.5);
  for (const text of ['', '0', '-1', '11', 'NaN', 'Infinity']) {
    expect(() => parsePositive('--rate', text, 10)).toThrow(/--rate: .*above 0, up to 10/);
  }
  expect(parseChoice('--profile', 'flat', ['daily', 'flat'])).toBe('flat');
  expect(() => parseChoice('--profile', 'x', ['daily', 'flat'])).toThrow(
    '--profile: "x" is none of daily, flat',
  );
});
