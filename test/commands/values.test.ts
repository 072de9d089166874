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

  test.each(['36526d', '877000h', `${'9'.repeat(400)}d`, '99999w99999w'])(
    '%s is longer than 100 years',
    (text) => {
      for (const parse of [parseDuration, parsePositiveDuration, parseWorldDuration]) {
        expect(() => parse('--duration', text)).toThrow(UsageError);
        expect(() => parse('--duration', text)).toThrow(
          /^--duration: .* is longer than 100 years$/,
        );
      }
    },
  );

  test('limits', () => {
    expect(parseDuration('-d', '36525d')).toBe(3_155_760_000);
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
    ['2026-03-02t09:00:00z', '2026-03-02T09:00:00Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
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
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00+02:00',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
  ])('%j is refused', (text) => {
    expect(() => parseTime('--start', text, NOW)).toThrow(UsageError);
    expect(() => parseTime('--start', text, NOW)).toThrow(/^--start: .*is not a (time|duration)$/);
  });

  test.each([
    ['1969-12-31T23:59:59Z', NOW],
    ['1970-01-01T00:00:00+00:01', NOW],
    ['0000-01-01T00:00:00Z', NOW],
    ['9999-12-31T23:59:59-00:01', NOW],
    ['now-60y', NOW, /is not a duration/],
    ['now-30000d', NOW],
    ['now+1d', Date.parse('9999-12-31T12:00:00Z')],
  ])('%j is outside the years', (text, now, message = / is outside the years 1970 to 9999$/) => {
    expect(() => parseTime('--start', text, now)).toThrow(UsageError);
    expect(() => parseTime('--start', text, now)).toThrow(message);
  });

  test('every second of those years, in any zone, is the one that Date writes', () => {
    const second = fc.integer({ min: 86_400, max: 253_402_300_799 - 86_400 });
    const zone = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    fc.assert(
      fc.property(second, zone, (seconds, minutes) => {
        const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19);
        const two = (n: number) => String(Math.trunc(Math.abs(n))).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
        expect(parseTime('--start', `${local}${offset}`, NOW)).toBe(seconds);
      }),
    );
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
