import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../../env.js';
import { messageOf, RagmonError, UsageError } from '../../errors.js';
import { type Block, blockOf, difference, isWhole, overlaps, readBlocks } from './blocks.js';
import {
  type Conduct,
  groupOf,
  type HistoryOptions,
  type HistoryWritten,
  inOwnFolder,
  untilAborted,
} from './history.js';
import { LEDGER, lastValues } from './last-values.js';
import { claim } from './marker.js';
import { openMetricsWriter } from './openmetrics.js';
import { mostSteps } from './openmetrics-files.js';
import { createPool } from './pool.js';
import { checkPromtool, createBlocks } from './promtool.js';
import { createSampler, seriesCount } from './samples.js';
import { latestEnd, type Window, windowDuration, windowsOf } from './windows.js';

type BlocksEnv = Pick<Env, 'readFile' | 'writeFile' | 'fileVersion' | 'sleep' | 'now' | 'vars'>;

export interface TsdbOptions extends HistoryOptions {
  /** Name of the scenario, for the ledger; null for none. */
  readonly scenario?: string | null;
  /** The program, by default the one on the path. */
  readonly promtool?: string;
  /** How many of it at once; by default one a core. */
  readonly parallel?: number;
}

/**
 * Writes a history as blocks into a directory on which Prometheus starts: each window as a file, and
 * each file through promtool, one at work a core. Blocks appear when they are whole and checked; a
 * window whose block is there is not made again. At the end a ledger of the last values stands
 * beside them.
 * @throws UsageError when the range reaches into the last three hours, or the directory holds
 *   another history, or other blocks of this time
 * @throws RagmonError when promtool is missing, fails, or drops samples
 */
export async function writeBlocks(
  options: TsdbOptions,
  folder: string,
  env: BlocksEnv & Pick<Env, 'lock'>,
  conduct: Conduct = {},
): Promise<HistoryWritten> {
  const { promtool = 'promtool' } = options;
  checkEnd(options, env.now());
  await checkPromtool(promtool, env.vars);
  return await inOwnFolder(folder, env, () =>
    makeBlocks({ ...options, promtool }, folder, env, conduct),
  );
}

async function makeBlocks(
  options: TsdbOptions & { readonly promtool: string },
  folder: string,
  env: BlocksEnv,
  { signal, onProgress }: Conduct,
): Promise<HistoryWritten> {
  const { promtool, parallel = availableParallelism() } = options;
  const series = seriesCount(options.services);
  const duration = options.window ?? windowDuration(options, series);
  const windows = windowsOf(options, duration);
  const before = await readBlocks(folder);
  const known = (await claim(folder, options, duration, 'tsdb', env)) ? before : [];
  checkFree(folder, before, known, windows, series);

  const sampler = createSampler(options, mostSteps(windows));
  const write = openMetricsWriter(
    sampler.metrics,
    (service) => groupOf(options, service),
    options.step,
  );
  const pool = createPool(parallel, signal);
  const work = await mkdtemp(join(folder, '.ragmon-'));
  let found = 0;
  let samples = 0;
  let done = 0;
  const report = () => onProgress?.({ windows: windows.length, done });
  const finished = () => {
    done++;
    report();
  };
  try {
    report();
    for (const window of windows) {
      await env.sleep(0); // Signals get their turn.
      if (pool.signal.aborted) break;
      const expected = blockOf(window, series);
      if (known.some((block) => isWhole(block, expected))) {
        sampler.skip(window);
        found++;
        finished();
        continue;
      }
      sampler.play(window);
      report(); // So that a bar is there before the first block is.
      const file = join(work, `${window.start}.txt`);
      await writeText(file, untilAborted(write(window), pool.signal), folder);
      await pool.run(async (stop) => {
        await loadBlock(file, folder, expected, (made) =>
          createBlocks(promtool, file, made, duration, env.vars, stop),
        );
        samples += expected.stats.numSamples;
        finished();
      });
    }
    await pool.end();
  } catch (error) {
    if (!pool.signal.aborted) throw error;
  } finally {
    await pool.close();
    await rm(work, { recursive: true, force: true });
  }
  pool.rethrow();
  const complete = done === windows.length;
  if (complete) {
    const ledger = lastValues(options, sampler.total);
    await env.writeFile(join(folder, LEDGER), `${JSON.stringify(ledger, null, 2)}\n`);
  }
  return { windows: windows.length, found, samples, series, complete };
}

function checkEnd(options: TsdbOptions, now: number): void {
  const latest = latestEnd(options, now);
  if (options.to <= latest) return;
  throw new UsageError('blocks must end three hours before now: what is later Prometheus writes', {
    hint: `the latest end is ${new Date(latest * 1000).toISOString()}`,
  });
}

/** Blocks of another origin, over the same time, would be counted together with the new ones. */
function checkFree(
  folder: string,
  before: readonly Block[],
  known: readonly Block[],
  windows: readonly Window[],
  series: number,
): void {
  const expected = windows.map((window) => blockOf(window, series));
  const strange = before.find((block) =>
    expected.some((one) => overlaps(block, one) && !(known.includes(block) && isWhole(block, one))),
  );
  if (strange === undefined) return;
  throw new UsageError(`${folder} has a block of this time already: ${strange.ulid}`, {
    hint: 'give a new directory, or move that block away',
  });
}

async function writeText(file: string, text: Iterable<Uint8Array>, folder: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new RagmonError(`cannot write to ${folder}: ${messageOf(cause)}`, {
      hint: 'finished blocks are kept: the same command goes on from there',
      cause,
    });
  }
}

/** promtool can drop samples and exit with 0, so what it made is held against what it was given. */
async function loadBlock(
  file: string,
  folder: string,
  expected: Omit<Block, 'ulid'>,
  make: (made: string) => Promise<void>,
): Promise<void> {
  const made = `${file}.blocks`;
  try {
    await make(made);
    const blocks = await readBlocks(made);
    const [block] = blocks;
    const wrong =
      block === undefined || blocks.length > 1
        ? `${blocks.length} blocks of 1`
        : difference(block, expected);
    if (wrong !== undefined || block === undefined) {
      throw new RagmonError(`promtool made another block than it was given: ${wrong}`, {
        hint: 'please report it, with the output of promtool --version',
      });
    }
    await rename(join(made, block.ulid), join(folder, block.ulid));
  } finally {
    await rm(file, { force: true });
    await rm(made, { recursive: true, force: true });
  }
}
