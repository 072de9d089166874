import { expect, test } from 'vitest';
import { readScraped } from '../../src/verify/evidence.js';
import { expectations } from '../../src/verify/expectation.js';
import type { Sampled } from '../../src/verify/prometheus-api.js';
import { verifyPrometheus } from '../../src/verify/verify.js';
import { memoryEnv } from '../support/env.js';
import { ledgerOf } from './run.js';

const COUNT = 'chatapi_request_duration_seconds_count';
const [expectation] = expectations(ledgerOf());

test('a long run is read in pieces, and a sample between two of them is taken once', async () => {
  const asked: [string, number][] = [];
  const query = async (text: string, time: number): Promise<Sampled[]> => {
    if (!text.startsWith(`${COUNT}{`)) return [];
    asked.push([text, time]);
    const from = time - Number(/\[(\d+)ms\]$/.exec(text)?.[1]) / 1000;
    const times = [0, 21_600, 30_000, 43_200, 46_800].filter((t) => t >= from && t <= time);
    return [{ labels: { model: 'x', env: 'test' }, samples: times.map((t) => [t, t]) }];
  };
  const { samples, twice } = await readScraped({ query }, expectation!, { from: 0, to: 46_800 });
  const selector = `${COUNT}{instance="a",job="chatapi"}`;
  expect(asked).toEqual([
    [`${selector}[21600000ms]`, 21_600],
    [`${selector}[21600000ms]`, 43_200],
    [`${selector}[3600000ms]`, 46_800],
  ]);
  const times = samples.get(`${COUNT}{model="x"}`)?.map(([time]) => time);
  expect(times).toEqual([0, 21_600, 30_000, 43_200, 46_800]);
  expect(twice.size).toBe(0);
});

test('a series that two scrape jobs bring is noticed', async () => {
  const query = async (text: string): Promise<Sampled[]> =>
    text.startsWith(`${COUNT}{`)
      ? ['a', 'b'].map((cluster) => ({ labels: { model: 'x', cluster }, samples: [[1, 1]] }))
      : [];
  const { twice } = await readScraped({ query }, expectation!, { from: 0, to: 10 });
  expect([...twice]).toEqual([`${COUNT}{model="x"}`]);
});

test.each([
  ['right after the run: until a scrape has seen its end', 1, false, 15],
  ['long after it: not at all', 60, false, 0],
  ['of a group that is gone: not at all', 1, true, 0],
])('waits %s', async (_, secondsAfter, cleanedUp, expected) => {
  const ledger = ledgerOf({ delivery: { cleanedUp } });
  const endedAt = Date.parse(ledger.delivery.endedAt);
  const clock = memoryEnv([], { startsAt: endedAt + secondsAfter * 1000 });
  const notices: string[] = [];
  const reader = { url: 'http://b', query: async () => [] };
  await verifyPrometheus(ledger, reader, 15, clock, (text) => notices.push(text));
  expect(clock.monotonic()).toBe(expected * 1000);
  const text = `waiting ${expected} s for the scrape after the last push`;
  expect(notices).toEqual(expected > 0 ? [text] : []);
});
