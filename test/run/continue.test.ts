import { expect, test } from 'vitest';
import { catchUp } from '../../src/run/catch-up.js';
import { incrementsOf } from '../../src/run/ledger.js';
import { runOptions } from '../../src/run/options.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { PRICES } from '../../src/world/prices.js';
import { addStretch, emptyTotal } from '../../src/world/total.js';
import { createWorld } from '../../src/world/world.js';
import { memoryEnv } from '../support/env.js';

test('the gap is exactly what the world did in it, cut at seconds', async () => {
  const end = Date.parse('2026-03-02T03:10:17Z') / 1000;
  const start = end + 3 * 3600 + 41;
  const world = createWorld({ seed: 'gap', rate: 1, profile: 'daily', prices: PRICES });
  const options = runOptions(
    { seed: 'gap', start },
    { now: () => 0, hostname: 'h', randomId: () => 'x' },
  );
  const gapFrom = (at: number) => {
    const observer = { update: () => {}, note: () => {} };
    const { signal } = new AbortController();
    const continued = { end: at, final: {} };
    return catchUp(world, options, continued, memoryEnv([]), observer, signal);
  };
  const gap = await gapFrom(end);
  expect(gap.size).toBe(3);
  for (const service of SERVICES) {
    const total = emptyTotal(service.model);
    addStretch(world, service.model, end, start, [total]);
    expect(gap.get(service)).toEqual(total);
    expect(Object.values(incrementsOf(service, total)).some((value) => value > 100)).toBe(true);
  }
  expect([...(await gapFrom(start)).values()]).toEqual(
    SERVICES.map(({ model }) => emptyTotal(model)),
  );
});
