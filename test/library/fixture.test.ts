import { type Gateway, simulate, startGateway } from 'ragmon';
import { afterAll, beforeAll, expect, test } from 'vitest';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(); // On a free port of 127.0.0.1.
});
afterAll(() => gateway.close());

test('the requests that the gateway shows are those that were made', async () => {
  const { ledger, failures } = await simulate({
    gateway,
    services: ['chatapi'],
    seed: 'ci',
    start: Date.parse('2026-03-02T09:00:00Z') / 1000,
    duration: 3600,
    speed: 1e6, // An hour, at once.
  });
  expect(failures).toEqual([]);

  const scrape = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = scrape.split('\n').filter((line) => line.startsWith('chatapi_request_total{'));
  const shown = lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

  const [job] = ledger.truth.services.chatapi ?? [];
  const made = Object.entries(job?.increments ?? {})
    .filter(([series]) => series.startsWith('chatapi_request_total'))
    .reduce((sum, [, count]) => sum + count, 0);
  expect(shown).toBe(made);
  expect(made).toBeGreaterThan(500);
});
