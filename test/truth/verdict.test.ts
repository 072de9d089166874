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

function firing(alert: string, minute: number, environment = name): Firing {
  return { alert, labels: { environment }, pending: 0, from: minute * 60, to: undefined };
}

function complaints(plays: readonly Play[], firings: readonly Firing[]) {
  return outcomesOf(plays, firings).flatMap((outcome) => complaint(outcome) ?? []);
}

test('what a scenario expects, in time, is as it should be', () => {
  expect(play().begins).toBe(60);
  expect(complaints([play()], [firing('HighErrorRate', 11), firing('HighErrorRate', 30)])).toEqual(
    [],
  );
});

test.each([
  ['not at all', [], 'HighErrorRate did not fire'],
  ['in another play', [firing('HighErrorRate', 7, 'other')], 'HighErrorRate did not fire'],
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
])('an alert %s is noticed', (_, firings, what) => {
  expect(complaints([play()], firings)).toEqual([`${name}: ${what}`]);
});

test('with too little traffic an alert may be silent, but no other may fire', () => {
  const quiet = play(0.01);
  expect(quiet.certain).toBe(false);
  expect(complaints([quiet], [])).toEqual([]);
  expect(complaints([quiet], [firing('HighLatency', 9, quiet.story.name)])).toHaveLength(1);
});

test('the table says what fired, and when', () => {
  const quiet = play(0.01);
  const firings = [firing('HighErrorRate', 7.5), firing('HighLatency', 9)];
  expect(tableOf(outcomesOf([play(), quiet], firings)).split('\n')).toEqual([
    'scenario     alert          expected  fired   after        stated  below its traffic',
    'error-burst  HighErrorRate  yes       1 of 1  6.5–6.5 min  10 min  0 of 1',
    'error-burst  HighLatency    no        1 of 1  8–8 min      –       –',
  ]);
});
