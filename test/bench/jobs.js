// @ts-check
import { execute, here, startGateway } from './harness.js';

const JOBS = 334;
const SERVICES = 3;

/** @type {import('./run.js').Benchmark[]} */
export const jobs = [
  {
    name: 'jobs',
    run: async () => {
      // With its check a real gateway takes a minute for a round of pushes; memory is ours.
      const gateway = await startGateway('--push.disable-consistency-check');
      const peak = async () =>
        Number(
          await execute(process.execPath, [
            ...[here('jobs-load.js'), 'simulate', '-g', gateway.url, '--jobs', String(JOBS)],
            ...['--rate', '1000', '-d', '20s', '-i', '5s', '--warmup', '0', '--timeout', '60s'],
          ]),
        );
      try {
        const all = JOBS * SERVICES;
        const rows = [];
        for (const what of ['new groups', 'groups that exist']) {
          const mb = await peak();
          rows.push({
            name: `${all} jobs at once, ${what}: peak memory, MB`,
            ratio: mb,
            bound: { max: 300 },
            detail: `${Math.round(mb)} MB, whole process`,
          });
        }
        return rows;
      } finally {
        await gateway.stop();
      }
    },
  },
];
