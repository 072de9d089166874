// @ts-check
import { execute, here, startGateway } from './harness.js';

const JOBS = 1000;

/** @type {import('./run.js').Benchmark[]} */
export const jobs = [
  {
    name: 'jobs',
    run: async () => {
      const gateway = await startGateway();
      try {
        const mb = await execute(process.execPath, [
          ...[here('jobs-load.js'), 'simulate', '-g', gateway.url, '--service', 'chatapi'],
          ...['--jobs', String(JOBS), '--rate', '1000', '-d', '30s', '-i', '5s'],
          ...['--warmup', '0', '--timeout', '60s', '--concurrency', '16'],
        ]);
        return [
          {
            name: `${JOBS} concurrent jobs: peak memory, MB / 1`,
            ratio: Number(mb),
            bound: { max: 300 },
            detail: `${Math.round(Number(mb))} MB, whole process`,
          },
        ];
      } finally {
        await gateway.stop();
      }
    },
  },
];
