// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, here, inTurn, interleave, median } from './harness.js';

const BIN = here('../../bin/ragmon.js');
const MINUTE = 60;
const ROUNDS = 3;
const CSV_ROUNDS = 9;
const PAIRS = 5;
const PROMTOOL = ['promtool', 'tsdb', 'create-blocks-from', 'openmetrics'];

/** @typedef {{ wall: number, cpu: number }} Time seconds */

/** @type {<T>(act: (folder: string) => Promise<T>) => Promise<T>} */
async function inFolder(act) {
  const folder = mkdtempSync(join(tmpdir(), 'ragmon-bench-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {(what: string, days: number, step: number, ...folder: string[]) => string[]} */
const load = (what, days, step, ...folder) => [
  ...[process.execPath, here('history-load.js'), what, `${days}`, `${step}`, ...folder],
];

/** @type {(what: string, days: number, step: number, ...folder: string[]) => Promise<{ samples: number, cpu: number, mb: number }>} */
const loaded = async (...args) => {
  const [command = '', ...rest] = load(...args);
  return JSON.parse(await execute(command, rest));
};

/**
 * Seconds that a command takes, and CPU seconds of it and of its children: a shell's `times` says so.
 * @type {(...command: string[]) => Promise<Time>}
 */
async function timed(...command) {
  const start = performance.now();
  const output = await execute('sh', ['-c', '"$@" >/dev/null || exit 1; times', 'sh', ...command]);
  const wall = (performance.now() - start) / 1000;
  const used = [...(output.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  const cpu = used.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return { wall, cpu };
}

/**
 * promtool for these files, one at work a core, as `--format tsdb` has it.
 * @type {(folder: string, hours: number) => Promise<Time>}
 */
const promtoolAlone = (folder, hours) =>
  inFolder((blocks) => {
    const promtool = [...PROMTOOL, `--max-block-duration=${hours}h`].join(' ');
    const parallel = `xargs -P ${availableParallelism()} -I@ ${promtool} ${folder}/@ ${blocks}/@`;
    return timed('sh', '-c', `ls ${folder} | grep ^openmetrics- | ${parallel}`);
  });

/**
 * Ratios of what was measured in turn: of wall time, which has the bound, and of CPU time.
 * @type {(name: string, over: Time[], under: Time[], max: number) => import('./run.js').Row[]}
 */
const ratios = (name, over, under, max) =>
  /** @type {const} */ (['wall', 'cpu']).map((unit) => {
    const each = over.map((time, round) => time[unit] / (under[round]?.[unit] ?? Number.NaN));
    /** @type {(times: Time[]) => string} */
    const seconds = (times) => `${median(times.map((time) => time[unit])).toFixed(2)} s`;
    return {
      name: unit === 'wall' ? name : `${name}, CPU`,
      ratio: median(each),
      ...(unit === 'wall' ? { bound: { max } } : {}),
      detail: `${seconds(over)} / ${seconds(under)}; ${each.map((one) => one.toFixed(2)).join(', ')}`,
    };
  });

/**
 * Blocks from the world, and promtool alone on the same windows' files, which were written before.
 * @type {(days: number, hours: number) => Promise<import('./run.js').Row[]>}
 */
const againstItsInput = (days, hours) =>
  inFolder(async (files) => {
    await loaded('files', days, MINUTE, files);
    const acts = {
      all: () => inFolder((folder) => timed(...load('tsdb', days, MINUTE, folder))),
      alone: () => promtoolAlone(files, hours),
    };
    await inTurn(1, acts); // Fills the page cache.
    const { all, alone } = await inTurn(PAIRS, acts);
    return ratios(`blocks of ${days} days, 1m: all / promtool alone`, all, alone, 1.3);
  });

/** promtool as its documentation has it: one file, blocks of two hours. @type {() => Promise<import('./run.js').Row>} */
async function againstOneFile() {
  const days = 2;
  const seconds = await inFolder(async (folder) => {
    const file = join(folder, 'history.txt');
    await loaded('text', days, MINUTE, file);
    return await interleave(ROUNDS, {
      all: async () => (await inFolder((data) => timed(...load('tsdb', days, MINUTE, data)))).wall,
      one: async () => (await inFolder((data) => timed(...PROMTOOL, file, data))).wall,
    });
  });
  return {
    name: `blocks of ${days} days, 1m: promtool on one file / all`,
    ratio: seconds.one / seconds.all,
    detail: `${seconds.one.toFixed(1)} s / ${seconds.all.toFixed(1)} s`,
  };
}

/** A year of CSV, with the real command. @type {(...args: string[]) => Promise<Time>} */
const backfill = (...args) =>
  inFolder((folder) => {
    const year = ['--days', '365', '-q', '-o', join(folder, 'year.csv')];
    return timed(process.execPath, BIN, 'backfill', ...year, ...args);
  });

/** @type {() => Promise<import('./run.js').Row[]>} */
async function againstNode() {
  const acts = {
    node: () => timed(process.execPath, '-e', '0'),
    first: () => backfill(),
    all: () => backfill('--columns', 'all'),
  };
  await inTurn(1, acts); // Fills the page cache.
  const { node, first, all } = await inTurn(CSV_ROUNDS, acts);
  return [
    ...ratios('365 days of CSV / node -e 0', first, node, 20),
    ...ratios('365 days of CSV, all columns / node -e 0', all, node, 20),
  ];
}

/** @type {import('./run.js').Benchmark[]} */
export const history = [
  {
    name: 'history-csv',
    run: againstNode,
  },
  {
    name: 'history-text',
    run: async () => {
      const speeds = [];
      for (let round = 0; round < ROUNDS; round++) {
        const { samples, cpu } = await loaded('drain', 30, MINUTE);
        speeds.push(samples / cpu / 1e6);
      }
      const year = await inFolder((folder) => loaded('files', 365, 5 * MINUTE, folder));
      return [
        {
          name: 'OpenMetrics, 30 days, 1m: million samples / CPU s',
          ratio: median(speeds),
          bound: { min: 1.5 },
          detail: speeds.map((speed) => speed.toFixed(2)).join(', '),
        },
        {
          name: 'OpenMetrics, 365 days, 5m: peak memory, MB',
          ratio: year.mb,
          bound: { max: 250 },
          detail: `${(year.samples / 1e6).toFixed(1)} million samples, ${year.cpu.toFixed(1)} s CPU`,
        },
      ];
    },
  },
  {
    name: 'history-blocks',
    // The windows that ranges of this length have.
    run: async () => [
      ...(await againstItsInput(7, 18)),
      ...(await againstItsInput(30, 54)),
      await againstOneFile(),
    ],
  },
];
