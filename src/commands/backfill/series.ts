import { join } from 'node:path';
import type { Env } from '../../env.js';
import { messageOf, RagmonError, UsageError } from '../../errors.js';
import type { HistoryOptions, HistoryWritten } from '../../history/series/history.js';
import { LEDGER } from '../../history/series/last-values.js';
import { begunAt } from '../../history/series/marker.js';
import { openMetricsText, writeOpenMetrics } from '../../history/series/openmetrics-files.js';
import { seriesCount } from '../../history/series/samples.js';
import { writeBlocks } from '../../history/series/tsdb.js';
import { latestEnd } from '../../history/series/windows.js';
import { SERVICES } from '../../services/catalogue.js';
import { count, shortDuration } from '../../ui/format.js';
import { shellWord } from '../../ui/shell.js';
import { instanceOf, labelsOf } from '../group.js';
import { isFile } from '../scenario.js';
import { parseWorldDuration, words } from '../values.js';
import { deliver } from './deliver.js';
import type { BackfillFlags } from './flags.js';
import { type Form, type Result, type SeriesName, STDOUT, type Task } from './form.js';
import type { Past } from './options.js';
import { NO_BAR, paced } from './paced.js';
import { daysNamed, lengthOf, type Span } from './range.js';

const STEP = '1m';
/** Samples of one text on stdout: all of their values stand in memory at once, 8 bytes each. */
const MOST_IN_ONE = 5_000_000;

/** Every series of the services, step by step: what a Prometheus that scraped them would hold. */
export function seriesForm(name: SeriesName): Form {
  return {
    span: (flags, env) => spanOf(name, flags, env),
    plan: (past, flags, env) => seriesTask(past, name, flags, env),
  };
}

function stepOf({ step = STEP }: BackfillFlags): number {
  return parseWorldDuration('--step', step);
}

/**
 * The days that are named, up to three hours before now: what is later Prometheus writes by itself.
 * Where no last day is named it goes on to that very instant. A history that was begun before
 * counts from when it was begun, so that the same command goes on with it.
 */
async function spanOf(name: SeriesName, flags: BackfillFlags, env: Env): Promise<Span> {
  const folder = folderOf(name, flags, env);
  const begun = folder === undefined ? undefined : await begunAt(folder, env);
  const now = begun ?? env.now();
  const { from, to } = daysNamed(flags, now);
  const step = stepOf(flags);
  const latest = latestEnd({ from, step }, now);
  if (from >= latestEnd({ from, step: 1 }, now)) {
    throw new UsageError('these days are not over: history ends three hours before now');
  }
  if (step > to - from) throw new UsageError('--step is longer than these days');
  const open = flags.end === undefined && flags.to === undefined;
  return { from, to: open ? latest : Math.min(to, latest) };
}

/** Where it goes; undefined for stdout. */
function folderOf(name: SeriesName, flags: BackfillFlags, env: Env): string | undefined {
  const { output } = flags;
  if (name === 'tsdb' && (output === undefined || output === STDOUT)) {
    throw new UsageError('--format tsdb needs the data directory of a Prometheus: -o <folder>');
  }
  if (output === STDOUT) return undefined;
  return output ?? `rag_openmetrics_${lengthOf(daysNamed(flags, env.now()))}`;
}

function seriesTask(past: Past, name: SeriesName, flags: BackfillFlags, env: Env): Task {
  const { world, scenario, span } = past;
  const options = {
    ...{ world, scenario, services: SERVICES, ...span, step: stepOf(flags) },
    instance: instanceOf(flags, env),
    labels: labelsOf(flags.label ?? [], SERVICES),
  };
  const folder = folderOf(name, flags, env);
  if (folder === undefined) return textTask(options);
  const write = name === 'tsdb' ? writeBlocks : writeOpenMetrics;
  let reached = { done: 0, windows: 0 };
  return {
    output: folder,
    folder: true,
    beside: [],
    unit: 'windows',
    async write(env, { bar, stop }) {
      const onProgress = (progress: typeof reached) => {
        reached = progress;
        bar.update(progress.done, progress.windows);
      };
      const written = await write(options, folder, env, { signal: stop, onProgress }).catch(
        (cause: unknown) => {
          throw ofFolder(cause, folder, reached.windows > 0);
        },
      );
      if (!written.complete) throw stop.reason;
      return resultOf(options, written, name === 'tsdb' ? blocksText(folder, flags, options) : []);
    },
    stopped: () =>
      `${reached.done} of ${reached.windows} windows are in ${folder}; the same command goes on`,
  };
}

/** The whole as one text, for a pipe. */
function textTask(options: HistoryOptions): Task {
  const { from, to, step, services } = options;
  const samples = (Math.floor((to - from) / step) + 1) * seriesCount(services);
  if (samples > MOST_IN_ONE) {
    throw new UsageError(`${count(samples)} samples are too many for one text`, {
      hint: 'name a folder with -o, for a file a window; or fewer days, or a longer --step',
    });
  }
  return {
    output: STDOUT,
    beside: [],
    unit: 'pieces',
    async write(env, progress) {
      const pieces = paced(openMetricsText(options), 0, { ...progress, bar: NO_BAR }, env);
      await deliver(STDOUT, pieces, { env, stop: progress.stop });
      return resultOf(options, { samples, series: seriesCount(services) });
    },
    stopped: () => 'the text ends here, without its # EOF',
  };
}

function resultOf(
  { from, to, step }: HistoryOptions,
  {
    samples,
    series,
    windows,
    found,
  }: Pick<HistoryWritten, 'samples' | 'series'> & Partial<HistoryWritten>,
  text: readonly string[] = [],
): Result {
  const [first, last] = [from, to].map((second) => new Date(second * 1000).toISOString());
  const kept = found
    ? `; ${count(found)} of ${count(windows ?? 0)} windows were there already`
    : '';
  return {
    amount: `${count(samples)} samples of ${count(series)} series${kept}`,
    period: `${minute(from)} to ${minute(to)} UTC, step ${shortDuration(step)}`,
    text: () => text,
    document: { from: first, to: last, step, series, samples, windows, found },
  };
}

/**
 * What to do with blocks. A Prometheus keeps 15 days where nothing else is said. To go on, files are
 * given again as they were: the ledger has no more than a digest of what they hold.
 */
function blocksText(
  data: string,
  { scenario = [], prices }: BackfillFlags,
  { instance }: HistoryOptions,
): readonly string[] {
  const played = words(scenario);
  const again = [
    ...(played.some(isFile) ? ['--scenario', played.join()] : []),
    ...(prices === undefined ? [] : ['--prices', prices]),
  ];
  const given = [join(data, LEDGER), ...again].map(shellWord);
  const path = shellWord(data);
  return [
    `look at it: prometheus --storage.tsdb.path=${path} --storage.tsdb.retention.time=400d`,
    `go on live: ragmon simulate --continue ${given.join(' ')}`,
    `  (not where another run pushes ${instance}: write the history for another --instance then)`,
  ];
}

function minute(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** An error of the file system, in words. What is finished is kept. */
function ofFolder(cause: unknown, folder: string, begun: boolean): unknown {
  if (cause instanceof RagmonError || !isOfFiles(cause)) return cause;
  const message = `cannot write to ${folder}: ${messageOf(cause)}`;
  if (!begun) return new UsageError(message, { cause });
  return new RagmonError(message, {
    hint: 'windows that are finished are kept: the same command goes on from there',
    cause,
  });
}

function isOfFiles(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return 'code' in error ? typeof error.code === 'string' : isOfFiles(error.cause);
}
