import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import {
  type Conduct,
  groupOf,
  type HistoryOptions,
  type HistoryWritten,
  inOwnFolder,
  untilAborted,
} from './history.js';
import { claim } from './marker.js';
import { openMetricsWriter } from './openmetrics.js';
import { createSampler, seriesCount } from './samples.js';
import { type Window, windowDuration, windowsOf } from './windows.js';

const PREFIX = 'openmetrics-';

type FilesEnv = Pick<Env, 'readFile' | 'writeFile' | 'fileVersion' | 'sleep' | 'now'>;

/** The file of a window: when it begins, and no colons, for the file systems that know none. */
export function windowFile({ start }: Window): string {
  const time = new Date(start * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${PREFIX}${time}.txt`;
}

/**
 * Writes a history into a folder, one OpenMetrics file a window. A file appears only when it is
 * whole, and one that is there is not written again.
 * @throws UsageError when the folder holds another history
 */
export async function writeOpenMetrics(
  options: HistoryOptions,
  folder: string,
  env: FilesEnv & Pick<Env, 'lock'>,
  conduct: Conduct = {},
): Promise<HistoryWritten> {
  return await inOwnFolder(folder, env, () => writeWindows(options, folder, env, conduct));
}

async function writeWindows(
  options: HistoryOptions,
  folder: string,
  env: FilesEnv,
  { signal, onProgress }: Conduct,
): Promise<HistoryWritten> {
  const duration = options.window ?? windowDuration(options, seriesCount(options.services));
  const windows = windowsOf(options, duration);
  if (!(await claim(folder, options, duration, 'openmetrics', env))) await checkEmpty(folder);
  const sampler = createSampler(options, mostSteps(windows));
  const write = openMetricsWriter(
    sampler.metrics,
    (service) => groupOf(options, service),
    options.step,
  );
  const { series } = sampler;
  let found = 0;
  let done = 0;
  let samples = 0;
  const written = (complete: boolean) => ({
    windows: windows.length,
    found,
    samples,
    series,
    complete,
  });
  const report = () => onProgress?.({ windows: windows.length, done });
  report();
  for (const window of windows) {
    // Signals get their turn.
    await env.sleep(0);
    if (signal?.aborted) return written(false);
    const path = join(folder, windowFile(window));
    if ((await env.fileVersion(path)) === undefined) {
      sampler.play(window);
      try {
        await env.writeFile(path, untilAborted(write(window), signal));
      } catch (error) {
        if (signal?.aborted) return written(false);
        throw error;
      }
      samples += series * window.steps;
    } else {
      sampler.skip(window);
      found++;
    }
    done++;
    report();
  }
  return written(true);
}

/** Windows without a marker are of nobody knows which history. */
async function checkEmpty(folder: string): Promise<void> {
  const there = (await readdir(folder)).find((name) => name.startsWith(PREFIX));
  if (there === undefined) return;
  throw new UsageError(`${folder} has windows of an unknown history: ${there}`, {
    hint: 'give a new folder, or move them away',
  });
}

/**
 * The whole range as one text, for a pipe. All of its samples stand in memory at once, and promtool
 * takes a time that grows with the square of the range: for long ones there are files.
 */
export function* openMetricsText(options: HistoryOptions): Iterable<Uint8Array> {
  const { from, to, step } = options;
  const steps = Math.floor((to - from) / step) + 1;
  const window = { start: from, first: from, last: from + (steps - 1) * step, steps };
  const sampler = createSampler(options, steps);
  sampler.play(window);
  yield* openMetricsWriter(sampler.metrics, (service) => groupOf(options, service), step)(window);
}

export function mostSteps(windows: readonly Window[]): number {
  return windows.reduce((most, { steps }) => Math.max(most, steps), 0);
}
