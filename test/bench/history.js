// @ts-check
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, here } from './harness.js';

const MINUTE = 60;
const ROUNDS = 3;

/** @type {(what: string, days: number, step: number, ...folder: string[]) => Promise<string>} */
const load = (what, days, step, ...folder) =>
  execute(process.execPath, [here('history-load.js'), what, `${days}`, `${step}`, ...folder]);

/** @type {(days: number, step: number) => Promise<{ samples: number, cpu: number, mb: number }>} */
const drained = async (days, step) => JSON.parse(await load('drain', days, step));

/** @type {<T>(act: (folder: string) => Promise<T>) => Promise<T>} */
async function inFolder(act) {
  const folder = mkdtempSync(join(tmpdir(), 'ragmon-bench-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {(args: string[]) => Promise<string>} */
const promtool = (args) => execute('promtool', ['tsdb', 'create-blocks-from', ...args]);

/**
 * Seconds of promtool for these files, one at work a core.
 * @type {(files: string[], hours: number) => Promise<number>}
 */
async function promtoolAlone(files, hours) {
  const start = performance.now();
  const left = [...files];
  const worker = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      await promtool([`--max-block-duration=${hours}h`, 'openmetrics', file, `${file}.blocks`]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return (performance.now() - start) / 1000;
}

/** @type {() => Promise<import('./run.js').Row>} */
async function againstItsInput() {
  const days = 14;
  // The window that a range of this length has.
  const hours = 18;
  const sums = { all: 0, alone: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    sums.all += await inFolder(async (folder) => Number(await load('tsdb', days, MINUTE, folder)));
    sums.alone += await inFolder(async (folder) => {
      await load('files', days, MINUTE, folder);
      const files = readdirSync(folder).filter((name) => name.startsWith('openmetrics-'));
      return await promtoolAlone(
        files.map((name) => join(folder, name)),
        hours,
      );
    });
  }
  return {
    name: `blocks of ${days} days, 1m: all / promtool alone`,
    ratio: sums.all / sums.alone,
    bound: { max: 1.3 },
    detail: `${(sums.all / ROUNDS).toFixed(1)} s / ${(sums.alone / ROUNDS).toFixed(1)} s`,
  };
}

/** @type {() => Promise<import('./run.js').Row>} */
async function againstOneFile() {
  const days = 2;
  const own = await inFolder(async (folder) => Number(await load('tsdb', days, MINUTE, folder)));
  const one = await inFolder(async (folder) => {
    const file = join(folder, 'history.txt');
    await load('text', days, MINUTE, file);
    const start = performance.now();
    await promtool(['openmetrics', file, join(folder, 'blocks')]);
    return (performance.now() - start) / 1000;
  });
  return {
    name: `blocks of ${days} days, 1m: promtool on one file / all`,
    ratio: one / own,
    detail: `${one.toFixed(1)} s / ${own.toFixed(1)} s`,
  };
}

/** @type {import('./run.js').Benchmark[]} */
export const history = [
  {
    name: 'history',
    run: async () => {
      const speeds = [];
      for (let round = 0; round < ROUNDS; round++) {
        const { samples, cpu } = await drained(30, MINUTE);
        speeds.push(samples / cpu / 1e6);
      }
      const best = Math.max(...speeds);
      const year = await drained(365, 5 * MINUTE);
      return [
        {
          name: 'OpenMetrics, 30 days, 1m: million samples / CPU s',
          ratio: best,
          bound: { min: 1.5 },
          detail: speeds.map((speed) => speed.toFixed(2)).join(', '),
        },
        {
          name: 'OpenMetrics, 365 days, 5m: peak memory, MB',
          ratio: year.mb,
          bound: { max: 250 },
          detail: `${(year.samples / 1e6).toFixed(1)} million samples, ${year.cpu.toFixed(1)} s CPU`,
        },
        await againstItsInput(),
        await againstOneFile(),
      ];
    },
  },
];
