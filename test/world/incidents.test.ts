import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parametersAt, type Scenario, schedule } from '../../src/world/incidents.js';
import { changed, NORMAL } from '../../src/world/parameters.js';
import { findScenario, SCENARIOS } from '../../src/world/scenarios.js';
import { incident } from './worlds.js';

const scenario: Scenario = {
  name: 'both',
  summary: 'two incidents',
  expect: [],
  incidents: [
    { name: 'first', offset: 60, duration: 300, change: { set: { traffic: 2 } } },
    { name: 'second', offset: 200, duration: 10, change: { set: { traffic: 3 } } },
  ],
};

const withHint = (hint: string) => expect.objectContaining({ hint });

describe('schedule', () => {
  test.each([
    // start, end → minutes of the first and second incident
    [0, undefined, [1, 6], [4, 5]],
    [1, undefined, [2, 7], [4, 5]],
    [59, undefined, [2, 7], [5, 6]],
    [60, 600, [2, 7], [5, 6]],
    [0, 300, [1, 5], [4, 5]],
    [0, 359, [1, 5], [4, 5]],
  ] as const)('from %d to %s: whole minutes from the first at or after', (start, end, a, b) => {
    expect(schedule(scenario, start, end).map(({ from, to }) => [from, to])).toEqual([a, b]);
  });

  test('where it names alerts, long enough for these', () => {
    const named = { ...scenario, expect: ['HighErrorRate'], within: 720 };
    expect(() => schedule(named, 30, 31)).toThrow(
      withHint(
        'from this start it needs a duration of at least 14m (world time), for its alerts to fire',
      ),
    );
  });

  test('long enough for the last of its incidents, whichever the run does not reach', () => {
    const later = { ...scenario, incidents: [scenario.incidents[1]!, scenario.incidents[0]!] };
    for (const each of [scenario, later]) {
      expect(() => schedule(each, 0, 90)).toThrow(
        withHint('from this start it needs a duration of at least 300s (world time)'),
      );
      expect(() => schedule(each, 0, 299)).toThrow(UsageError);
      expect(schedule(each, 0, 300)).toHaveLength(2);
    }
  });

  test('a run too short for a whole minute says how long it must be', () => {
    const short = () => schedule(scenario, 30, 30 + 240);
    expect(short).toThrow(UsageError);
    expect(short).toThrow(
      'the run is too short for incident "second" of scenario "both": it holds no whole minute of it',
    );
    expect(short).toThrow(
      withHint('from this start it needs a duration of at least 270s (world time)'),
    );
    expect(schedule(scenario, 30, 30 + 270)).toHaveLength(2);
  });

  test('the shipped scenarios are found by their names, and schedule every incident', () => {
    for (const each of SCENARIOS) {
      expect(findScenario(each.name)).toBe(each);
      const all = schedule(each, 1_770_000_017, undefined);
      expect(all).toHaveLength(each.incidents.length);
      // Whatever they fire, they have the time to.
      const [first] = all;
      expect((first!.to - first!.from) * 60).toBeGreaterThan(each.within!);
    }
    expect(findScenario('none')).toBeUndefined();
  });
});

describe('parameters', () => {
  const incidents = [
    incident(10, 20, { multiply: { traffic: 2 }, set: { 'chatapi.server_error': 0.5 } }),
    incident(15, 25, { multiply: { traffic: 3 } }),
  ];

  test('hold in the minutes of their incidents, and pile up', () => {
    expect(parametersAt(incidents, 9)).toBeUndefined();
    expect(parametersAt(incidents, 10)).toEqual({
      ...NORMAL,
      traffic: 2,
      'chatapi.server_error': 0.5,
    });
    expect(parametersAt(incidents, 15)!.traffic).toBe(6);
    expect(parametersAt(incidents, 20)).toEqual({ ...NORMAL, traffic: 3 });
    expect(parametersAt(incidents, 25)).toBeUndefined();
  });

  test('a later setting replaces what came before it', () => {
    const both = changed([{ multiply: { traffic: 2 } }, { set: { traffic: 7 } }]);
    expect(both.traffic).toBe(7);
    expect(changed([])).toEqual(NORMAL);
    const much = changed([{ multiply: { 'chatapi.rate_limited': 1e6, traffic: 1e6 } }]);
    expect([much['chatapi.rate_limited'], much.traffic]).toEqual([1, 10_000]);
  });
});
