import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../src/gateway/server.js';
import { JOB_LAST_SUCCESS } from '../../src/instruments/run-metrics.js';
import { simulate } from '../../src/run/simulate.js';
import type { Scenario } from '../../src/world/incidents.js';
import { findScenario } from '../../src/world/scenarios.js';
import { storedIn } from '../e2e/gateway.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const START = Date.parse('2026-03-02T09:00:00Z') / 1000;
const MINUTE = 60;

/** Hangs from the second minute on. */
const hanging = (minutes: number): Scenario => ({
  ...{ name: 'hung', summary: 'a job hangs', expect: [] },
  incidents: [
    { name: 'hung', offset: MINUTE, duration: minutes * MINUTE, change: {}, jobs: 'hang' },
  ],
});

/** Ten minutes in a second, a push a world minute. */
function play(scenario: Scenario, instance: string, jobs = 1) {
  const notes: string[] = [];
  const run = simulate({
    ...{ gateway, instance, scenario, jobs, start: START, services: ['vectorlens'] },
    ...{ duration: 10 * MINUTE, speed: 600, interval: 0.1, warmup: 0.01 },
    observer: { update: () => {}, note: (line) => notes.push(line) },
  });
  return run.then((result) => ({ ...result, notes }));
}

const requestsIn = (values: Iterable<readonly [string, number]>) =>
  [...values].reduce(
    (sum, [id, value]) => (id.startsWith('vectorlens_request_total') ? sum + value : sum),
    0,
  );

test('a job that hangs sends nothing, does not say that it ended, and is no failure', async () => {
  const { ledger, failures, notes } = await play(hanging(60), 'hung', 2);
  expect(failures).toEqual([]);
  expect(notes.join()).toContain(
    'the first job of each service hangs from 2026-03-02T09:01:00.000Z to 2026-03-02T10:01:00.000Z, as hung has it',
  );
  const stored = await storedIn(gateway.url);
  const [first, second] = ['0', '1'].map((job) => stored.get(`vectorlens/hung-${job}`)!);
  const [hung, well] = ledger.delivery!.groups;
  expect(well).toMatchObject({ stored: true, error: null });
  expect(Object.fromEntries(second!)).toEqual(well!.final);

  expect(hung).toMatchObject({
    stored: false,
    error: 'the job hung at the end of the run, as the scenario has it',
  });
  expect(first!.has(JOB_LAST_SUCCESS)).toBe(false);
  // The world went on without it: of ten minutes at most one was told of.
  const [told, done] = [requestsIn(first!), requestsIn(Object.entries(hung!.final))];
  expect(done).toBeGreaterThan(100);
  expect(told).toBeLessThan(done / 4);
  const { increments } = ledger.truth.services.vectorlens![0]!;
  expect(requestsIn(Object.entries(increments))).toBe(done);
});

test('one that goes on tells everything at its next push', async () => {
  const { ledger, failures } = await play(hanging(5), 'awake');
  expect(failures).toEqual([]);
  const [group] = ledger.delivery!.groups;
  expect(group).toMatchObject({ stored: true });
  expect(Object.fromEntries((await storedIn(gateway.url)).get('vectorlens/awake')!)).toEqual(
    group!.final,
  );
  // A push for each of some five minutes, the first and the last: not one for each of ten.
  expect(group!.pushes.ok).toBeLessThan(9);
  expect(ledger.truth.incidents).toMatchObject([{ name: 'hung', to: '2026-03-02T09:06:00.000Z' }]);
});

test('what happens to jobs changes nothing in the world', async () => {
  const [calm, hung] = await Promise.all(
    [undefined, findScenario('stuck-job')].map((scenario, i) =>
      simulate({
        ...{ gateway, scenario, instance: `world ${i}`, start: START, services: ['chatapi'] },
        ...{ duration: 3 * 3600, speed: 1e6 },
      }),
    ),
  );
  expect(hung!.ledger.truth.services).toEqual(calm!.ledger.truth.services);
});
