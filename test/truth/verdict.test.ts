import { expect, test } from 'vitest';
import { findScenario } from '../../src/world/scenarios.js';
import type { Firing } from './firing.js';
import { type Play, playOf } from './plays.js';
import { complaint, outcomesOf, tableOf } from './verdict.js';

const AT = Date.parse('2026-11-04T15:00:00Z') / 1000;
const name = 'error-burst, s, 2026-11-04T15h, rate 1';

function play(rate = 1): Play {
  const scenario = { ...findScenario('error-burst')!, expect: ['HighErrorRate'], within: 600 };
  return playOf({ scenario, seed: 's', rate, at: AT, before: 0 });
}

interface Rest {
  readonly to?: number;
  readonly environment?: string;
  readonly severity?: string;
}

/** It ends with the incident, in minute 16, where nothing else is said. */
function firing(alert: string, minute: number, { to = 17, ...labels }: Rest = {}): Firing {
  const ends = to === Number.POSITIVE_INFINITY ? undefined : to * 60;
  return {
    alert,
    labels: { environment: name, ...labels },
    pending: 0,
    from: minute * 60,
    to: ends,
  };
}

function complaints(plays: readonly Play[], firings: readonly Firing[]) {
  return outcomesOf(plays, firings, 3600).flatMap((outcome) => complaint(outcome) ?? []);
}

test('what a scenario expects, in time, is as it should be', () => {
  expect(play().begins).toBe(60);
  expect(
    complaints([play()], [firing('HighErrorRate', 8, { to: 9 }), firing('HighErrorRate', 11)]),
  ).toEqual([]);
});

test.each([
  ['not at all', [], 'HighErrorRate did not fire'],
  [
    'in another play',
    [firing('HighErrorRate', 7, { environment: 'other' })],
    'HighErrorRate did not fire',
  ],
  [
    'too late',
    [firing('HighErrorRate', 12)],
    'HighErrorRate fired late, 11 min after the incident began',
  ],
  [
    'before its cause',
    [firing('HighErrorRate', 0.5)],
    'HighErrorRate fired before its cause, -0.5 min after the incident began',
  ],
  [
    'with another',
    [firing('HighErrorRate', 7), firing('HighLatency', 9)],
    'HighLatency fired, 8 min after the incident began',
  ],
  [
    'that does not end',
    [firing('HighErrorRate', 7, { to: Number.POSITIVE_INFINITY })],
    'HighErrorRate did not end',
  ],
  [
    'that ends late',
    [firing('HighErrorRate', 7, { to: 27 })],
    'HighErrorRate still fired, or again, 11 min after the incident ended',
  ],
  [
    'that comes again',
    [firing('HighErrorRate', 7), firing('HighErrorRate', 60, { to: 61 })],
    'HighErrorRate still fired, or again, 45 min after the incident ended',
  ],
  [
    'of the same name',
    [firing('HighErrorRate', 7), firing('HighCostBurn', 9, { severity: 'critical' })],
    'HighCostBurn critical fired, 8 min after the incident began',
  ],
])('an alert %s is noticed', (_, firings, what) => {
  expect(complaints([play()], firings)).toEqual([`${name}: ${what}`]);
});

test('an alert that may fire may be silent, and late', () => {
  const dear = { ...play(), scenario: { ...play().scenario, may: ['HighCostBurn critical'] } };
  const critical = { severity: 'critical', to: Number.POSITIVE_INFINITY };
  const errors = firing('HighErrorRate', 7);
  expect(complaints([dear], [errors])).toEqual([]);
  expect(complaints([dear], [errors, firing('HighCostBurn', 15, critical)])).toEqual([]);
});

test('with too little traffic an alert may be silent, but no other may fire', () => {
  const quiet = play(0.01);
  expect(quiet.certain).toBe(false);
  expect(complaints([quiet], [])).toEqual([]);
  expect(
    complaints([quiet], [firing('HighLatency', 9, { environment: quiet.story.name })]),
  ).toHaveLength(1);
});

test('the table says what fired, and when', () => {
  const quiet = play(0.01);
  const firings = [firing('HighErrorRate', 7.5), firing('HighLatency', 9)];
  expect(tableOf(outcomesOf([play(), quiet], firings, 3600)).split('\n')).toEqual([
    'scenario     alert          expected  fired   after        stated  over by  below its traffic',
    'error-burst  HighErrorRate  yes       1 of 1  6.5–6.5 min  10 min  1–1 min  0 of 1',
    'error-burst  HighLatency    no        1 of 1  8–8 min      –       1–1 min  –',
  ]);
});
