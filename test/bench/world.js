// @ts-check
import { execute, here, interleave } from './harness.js';

const ROUNDS = 3;

/** @type {(rate: number) => () => Promise<number>} CPU milliseconds */
const played = (rate) => async () =>
  Number(await execute(process.execPath, [here('world-load.js'), String(rate)]));

/** @type {import('./run.js').Benchmark[]} */
export const world = [
  {
    name: 'world',
    run: async () => {
      const ms = await interleave(ROUNDS, { many: played(1_000_000), few: played(100) });
      return [
        {
          name: 'world and instruments, 30 days: CPU, 1e6 / 100 rps',
          ratio: ms.many / ms.few,
          bound: { max: 1.2 },
          detail: `${(ms.many / 1000).toFixed(1)} s / ${(ms.few / 1000).toFixed(1)} s`,
        },
      ];
    },
  },
];
