import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  goes,
  planCleanup,
  type Rules,
  reasonText,
  showKey,
} from '../../src/cleanup/plan.js';
import { keyId } from '../../src/pushgateway/grouping-key.js';

const NOW = 1_800_000_000;
const RULES: Rules = { olderThan: 600, anyOwner: false, finished: false, keep: 0 };

function group(name: string, facts: Partial<Candidate> & { age?: number } = {}): Candidate {
  const { age = 3600, ...rest } = facts;
  return {
    key: { job: 'chatapi', labels: { instance: name } },
    pushTime: NOW - age,
    failureTime: 0,
    own: true,
    ended: true,
    ...rest,
  };
}

/** `instance` → verdict and reason. */
function verdicts(groups: Candidate[], rules: Partial<Rules> = {}): Record<string, string> {
  return Object.fromEntries(
    planCleanup(groups, { ...RULES, ...rules }, NOW).map(({ key, verdict, reason }) => [
      key.labels.instance,
      `${verdict}: ${reason}`,
    ]),
  );
}

describe('the rules', () => {
  test('stale is exactly as long ago as that', () => {
    expect(
      verdicts([
        group('now', { age: 0 }),
        group('almost', { age: 599.9 }),
        group('just', { age: 600 }),
        group('ahead', { age: -7200 }),
      ]),
    ).toEqual({
      now: 'stay: fresh',
      almost: 'stay: fresh',
      just: 'delete: stale',
      ahead: 'stay: fresh',
    });
    expect(verdicts([group('ahead', { age: -5 })], { olderThan: 0 })).toEqual({
      ahead: 'delete: stale',
    });
  });

  test('the later of success and failure counts; without a success the failure', () => {
    const times = (pushTime: number, failureTime: number) => ({ pushTime, failureTime });
    const groups = [
      group('tried lately', times(NOW - 9000, NOW - 10)),
      group('mended lately', times(NOW - 10, NOW - 9000)),
      group('never, lately', times(0, NOW - 10)),
      group('never, long ago', times(0, NOW - 9000)),
      group('no time', times(0, 0)),
      group('not a time', times(Number.NaN, NOW - 9000)),
      group('no end', times(Number.POSITIVE_INFINITY, NOW - 9000)),
    ];
    expect(verdicts(groups)).toEqual({
      'tried lately': 'stay: fresh',
      'mended lately': 'stay: fresh',
      'never, lately': 'stay: fresh',
      'never, long ago': 'delete: never-succeeded',
      'no time': 'stay: undated',
      'not a time': 'stay: undated',
      'no end': 'stay: undated',
    });
    expect(Object.values(verdicts(groups, { olderThan: 0 }))).not.toContain('stay: undated');
  });

  test('foreign and unfinished groups', () => {
    const groups = [group('foreign', { own: false }), group('running', { ended: false })];
    expect(verdicts(groups)).toEqual({ foreign: 'stay: foreign', running: 'delete: stale' });
    expect(verdicts(groups, { anyOwner: true, finished: true })).toEqual({
      foreign: 'delete: stale',
      running: 'stay: unfinished',
    });
  });

  test('the newest of each job are counted over all groups that the owner’s rule lets through', () => {
    const other = { key: { job: 'docstore', labels: { instance: 'd' } } };
    const groups = [
      group('foreign', { own: false, age: 1 }),
      group('fresh', { age: 10 }),
      group('second', { age: 1000 }),
      group('third', { age: 2000 }),
      group('d', other),
    ];
    expect(verdicts(groups, { keep: 2 })).toEqual({
      foreign: 'stay: foreign',
      fresh: 'stay: fresh',
      second: 'stay: newest',
      third: 'delete: stale',
      d: 'stay: newest',
    });
    expect(verdicts(groups, { keep: 2, anyOwner: true })).toMatchObject({
      second: 'delete: stale',
      foreign: 'stay: fresh',
    });
  });

  test('of two groups that show the same key neither goes', () => {
    const twin = group('\ufffd');
    expect(planCleanup([twin, { ...twin, pushTime: NOW }], RULES, NOW).map(goes)).toEqual([
      false,
      false,
    ]);
  });
});

test('a plan is sorted by last push, and has the ages', () => {
  const plan = planCleanup([group('b', { age: 1 }), group('a', { age: 700.5 })], RULES, NOW);
  expect(plan.map(({ key, age, lastPush }) => [key.labels.instance, age, lastPush])).toEqual([
    ['a', 700.5, NOW - 700.5],
    ['b', 1, NOW - 1],
  ]);
});

test('words', () => {
  expect(reasonText('fresh', { olderThan: '10m' })).toBe('pushed less than 10m ago');
  expect(showKey({ job: 'a\x1b[2J\n', labels: { x: '\u202e"', y: 'ü /' } })).toBe(
    '{job="a\\u{1b}[2J\\n",x="\\u{202e}\\"",y="ü /"}',
  );
});

// The documented rules once more, one group at a time and without any of the plan's code.
function oracle(groups: readonly Candidate[], rules: Rules, now: number): Set<string> {
  const named = (one: Candidate) => keyId(one.key);
  const last = ({ pushTime, failureTime }: Candidate) => {
    const known = [pushTime, failureTime].every((time) => Number.isFinite(time));
    const time = pushTime > failureTime ? pushTime : failureTime;
    return known && time > 0 ? time : 0;
  };
  const mayBeTouched = (one: Candidate) => one.own === true || rules.anyOwner === true;
  const later = (a: Candidate, b: Candidate) =>
    last(a) > last(b) || (last(a) === last(b) && named(a) > named(b));
  const deleted = new Set<string>();
  for (const one of groups) {
    const rivals = groups.filter((other) => other.key.job === one.key.job && mayBeTouched(other));
    const twins = groups.filter((other) => named(other) === named(one)).length > 1;
    const longAgo = rules.olderThan === 0 || (last(one) > 0 && last(one) <= now - rules.olderThan);
    const said = !rules.finished || one.ended;
    const outdone = rivals.filter((other) => later(other, one)).length >= rules.keep;
    if (mayBeTouched(one) && !twins && longAgo && said && outdone) deleted.add(named(one));
  }
  return deleted;
}

test('property: the plan deletes exactly what the documented rules say', () => {
  // Few values, so that ties, limits and equal keys happen; whole numbers, so that sums are exact.
  const time = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -3, max: 12 }).map((n) => NOW - n * 200) },
    fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY),
  );
  const value = fc.constantFrom('', '/', 'a', 'b', 'c', 'd', 'e', 'f', '\ufffd', 'ü', '..');
  const candidate: fc.Arbitrary<Candidate> = fc.record({
    key: fc.record({
      job: fc.constantFrom('chatapi', 'docstore', 'x/y', '\ufffd'),
      labels: fc.dictionary(fc.constantFrom('instance', 'zone'), value, { noNullPrototype: true }),
    }),
    pushTime: time,
    failureTime: fc.oneof(fc.constant(0), time),
    own: fc.boolean(),
    ended: fc.boolean(),
  });
  const rules: fc.Arbitrary<Rules> = fc.record({
    olderThan: fc.constantFrom(0, 1, 100, 600, 1200),
    anyOwner: fc.boolean(),
    finished: fc.boolean(),
    keep: fc.constantFrom(0, 0, 1, 2, 5),
  });
  let deletions = 0;
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 25 }), rules, (groups, chosen) => {
      const plan = planCleanup(groups, chosen, NOW);
      expect(plan).toHaveLength(groups.length);
      const planned = plan.filter(goes).map(({ key }) => keyId(key));
      expect(new Set(planned)).toEqual(oracle(groups, chosen, NOW));
      expect(new Set(planned).size).toBe(planned.length);
      // The order in which a gateway lists its groups says nothing.
      expect(planCleanup(groups.toReversed(), chosen, NOW).map(({ id }) => id)).toEqual(
        plan.map(({ id }) => id),
      );
      deletions += planned.length;
    }),
    { numRuns: 1000 },
  );
  expect(deletions).toBeGreaterThan(500);
});
