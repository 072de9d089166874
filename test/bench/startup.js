// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, here, interleave, start } from './harness.js';

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

/** Process start to the line that says where it listens, ms. @type {(...args: string[]) => Promise<number>} */
async function ready(...args) {
  const started = performance.now();
  const server = start(process.execPath, [BIN, 'gateway', '--listen', '127.0.0.1:0', ...args]);
  await Promise.race([server.begun, server.exited]);
  const ms = performance.now() - started;
  if (!server.output().includes('gateway at http')) throw new Error(server.output());
  await server.stop();
  return ms;
}

/** What a gateway may take to be ready, ms. */
const READY = 150;

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
  {
    name: 'startup-gateway',
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ragmon-bench-'));
      try {
        const variants = {
          node: timed('-e', '0'),
          memory: () => ready(),
          file: () => ready('--persistence-file', join(folder, 'store')),
        };
        await interleave(1, variants);
        const ms = await interleave(ROUNDS, variants);
        /** @type {(what: string, a: number) => import('./run.js').Row} */
        const row = (what, a) => ({
          name: `start to ready: ragmon gateway${what} / ${READY} ms`,
          ratio: a / READY,
          bound: { max: 1 },
          detail: `${a.toFixed(0)} ms; node -e 0 takes ${ms.node.toFixed(0)} ms`,
        });
        return [row('', ms.memory), row(' with a file', ms.file)];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
