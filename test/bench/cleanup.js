// @ts-check
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filled, real } from './gateway.js';
import { execute, here, interleave, median } from './harness.js';

const GROUPS = 5000;
const LARGE = 10_000;
const ROUNDS = 5;

/** @type {(what: string, url: string, groups: number) => Promise<any>} */
const load = async (what, url, groups) =>
  JSON.parse(await execute(process.execPath, [here('cleanup-load.js'), what, url, `${groups}`]));

/**
 * Calls `act` with a way to start real gateways that hold so many groups.
 * @template T
 * @param {number} groups
 * @param {(start: () => ReturnType<typeof real>) => Promise<T>} act
 */
async function withFull(groups, act) {
  const folder = mkdtempSync(join(tmpdir(), 'ragmon-bench-'));
  const file = join(folder, 'store');
  let started = 0;
  try {
    await (await filled(groups, file)).stop();
    return await act(async () => {
      // A copy: its own changes are written at its end.
      const copy = join(folder, `store-${++started}`);
      copyFileSync(file, copy);
      return await real(`--persistence.file=${copy}`, '--persistence.interval=1h');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {import('./run.js').Benchmark[]} */
export const cleanup = [
  {
    name: 'cleanup-speed',
    run: () =>
      withFull(GROUPS, async (start) => {
        /** @type {{ bare: number[], sweep: number[] }} */
        const deletions = { bare: [], sweep: [] };
        /** @type {(what: 'bare' | 'sweep') => () => Promise<number>} */
        const variant = (what) => async () => {
          const gateway = await start();
          try {
            const { deleting, total } = await load(what, gateway.url, GROUPS);
            deletions[what].push(deleting);
            return total;
          } finally {
            await gateway.stop();
          }
        };
        const total = await interleave(ROUNDS, { bare: variant('bare'), sweep: variant('sweep') });
        const bare = median(deletions.bare);
        const swept = median(deletions.sweep);
        return [
          {
            name: `deletions/s, ${GROUPS} groups: sweep / bare DELETEs`,
            ratio: bare / swept,
            bound: { min: 0.8 },
            detail: `${(GROUPS / swept).toFixed(0)} / ${(GROUPS / bare).toFixed(0)}`,
          },
          {
            name: `sweep of ${GROUPS} groups / its bare requests`,
            ratio: total.sweep / total.bare,
            bound: { max: 1.2 },
            detail: `${total.sweep.toFixed(2)} / ${total.bare.toFixed(2)} s`,
          },
        ];
      }),
  },
  {
    name: 'cleanup-push',
    run: () =>
      withFull(GROUPS, async (start) => {
        const gateway = await start();
        try {
          const before = await load('push', gateway.url, 0);
          await load('sweep', gateway.url, GROUPS + 1); // The pushed one goes, too.
          const after = await load('push', gateway.url, 0);
          return [
            {
              name: `a push: after / before a sweep of ${GROUPS} groups`,
              ratio: after / before,
              bound: { max: 0.2 },
              detail: `${after.toFixed(1)} / ${before.toFixed(1)} ms`,
            },
          ];
        } finally {
          await gateway.stop();
        }
      }),
  },
  {
    name: 'cleanup-memory',
    run: () =>
      withFull(LARGE, async (start) => {
        const gateway = await start();
        try {
          const { peakMb } = await load('sweep', gateway.url, LARGE);
          return [
            {
              name: `sweep of ${LARGE} groups of 10 KB: peak memory, MB`,
              ratio: peakMb,
              bound: { max: 150 },
              detail: `${Math.round(peakMb)} MB, whole process`,
            },
          ];
        } finally {
          await gateway.stop();
        }
      }),
  },
];
