// @ts-check
import { execute, here, interleave } from './harness.js';

const BIN = here('../../bin/ragmon.js');
const ROUNDS = 21;

/** @type {(...args: string[]) => () => Promise<number>} wall time, ms */
const timed =
  (...args) =>
  async () => {
    const started = performance.now();
    await execute(process.execPath, args);
    return performance.now() - started;
  };

/** @type {import('./run.js').Benchmark[]} */
export const startup = [
  {
    name: 'startup',
    run: async () => {
      const variants = {
        node: timed('-e', '0'),
        version: timed(BIN, '--version'),
        help: timed(BIN, 'simulate', '--help'),
      };
      await interleave(1, variants); // Fills the page cache.
      const ms = await interleave(ROUNDS, variants);
      /** @type {(a: number) => string} */
      const detail = (a) => `${a.toFixed(0)} ms / ${ms.node.toFixed(0)} ms`;
      return [
        {
          name: 'start-up: ragmon --version / node -e 0',
          ratio: ms.version / ms.node,
          bound: { max: 2 },
          detail: detail(ms.version),
        },
        {
          name: 'start-up: ragmon simulate --help / node -e 0',
          ratio: ms.help / ms.node,
          bound: { max: 2.5 },
          detail: detail(ms.help),
        },
      ];
    },
  },
];
