// @ts-check
import { execute, here } from './harness.js';

const REQUESTS = 100_000;

/** @type {import('./run.js').Benchmark[]} */
export const gatewayFuzz = [
  {
    name: 'gateway-fuzz',
    run: async () => {
      const args = ['--expose-gc', here('gateway-fuzz-load.js'), `${REQUESTS}`, `${Date.now()}`];
      const result = JSON.parse(await execute(process.execPath, args));
      const { statuses, slowest, grown, scrape, problems } = result;
      if (problems.length > 0 || scrape !== 200) throw new Error(JSON.stringify(result));
      const counts = Object.entries(statuses).map(([status, n]) => `${n} × ${status}`);
      return [
        {
          name: `${REQUESTS} fuzzed requests: slowest, s`,
          ratio: slowest / 1000,
          bound: { max: 5 },
          detail: counts.join(', '),
        },
        {
          name: 'memory that the second half of them left, MB',
          ratio: grown / 2 ** 20,
          bound: { max: 20 },
          detail: 'after a garbage collection',
        },
      ];
    },
  },
];
