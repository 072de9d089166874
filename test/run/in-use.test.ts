import { expect, test } from 'vitest';
import { JOB_START } from '../../src/instruments/run-metrics.js';
import type { HeldGroup, HeldGroups } from '../../src/run/groups.js';
import { leftAlone } from '../../src/run/in-use.js';
import { runOptions } from '../../src/run/options.js';
import { planRun } from '../../src/run/plan.js';
import { SERVICES } from '../../src/services/catalogue.js';

/** A run by another that pushed at 0 and does so `again`, in seconds, while this one waits. */
function waiting(interval: number, again?: number) {
  let now = 0;
  const options = runOptions(
    { services: SERVICES.slice(0, 1), interval, start: 0, seed: 's' },
    { now: () => 0, hostname: 'h', randomId: () => 'x' },
  );
  const held = (): HeldGroups<HeldGroup> => {
    const pushTime = again !== undefined && now >= again ? again : 0;
    const group = { pushTime, values: new Map([[JOB_START, 1]]) };
    return { get: () => group, serverTime: now * 1000 };
  };
  const reads: number[] = [];
  const read = async () => {
    reads.push(now);
    return held();
  };
  const clock = {
    now: () => now * 1000,
    sleep: async (ms: number) => {
      now += ms / 1000;
    },
  };
  const notes: string[] = [];
  const observer = { note: (line: string) => notes.push(line) };
  const { signal } = new AbortController();
  const left = leftAlone(held(), read, planRun(options), clock, observer, signal);
  return { left, reads, notes };
}

test('a killed run is waited for as long as is said, also where that is no number of intervals', async () => {
  const { left, reads, notes } = waiting(10);
  expect((await left).serverTime).toBe(45_000);
  expect(reads).toEqual([10, 20, 30, 40, 45]);
  expect(notes.join()).toContain('waiting for up to 45s');
});

test.each([1, 25, 40, 42, 45])('who pushes again after %d s is seen', async (again) => {
  const { left } = waiting(10, again);
  await expect(left).rejects.toThrow(/^another run pushes .*: nothing was pushed over it$/);
});
