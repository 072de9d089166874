import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openMetricsWriter } from '../../src/history/series/openmetrics.js';
import { createPool } from '../../src/history/series/pool.js';
import { createBlocks } from '../../src/history/series/promtool.js';
import { createSampler } from '../../src/history/series/samples.js';
import {
  type Range,
  type Window,
  windowDuration,
  windowsOf,
} from '../../src/history/series/windows.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { groupLabels, groupSeries, RUNNING, type Story } from './story.js';

/** Where stories stand in time, all side by side, whatever the time in their worlds; its step is that of scrapes. */
export type Timeline = Range;

/** Whether a series of this name is read by somebody. */
export type Reads = (name: string) => boolean;

type Text = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

const END = '# EOF\n';

/**
 * Writes the samples of stories into a data directory of Prometheus, as a scrape at every step
 * would have found them; of metrics that nobody reads nothing.
 */
export async function writeStories(
  folder: string,
  stories: readonly Story[],
  timeline: Timeline,
  reads: Reads,
): Promise<void> {
  const players = stories.map((story) => playerOf(story, timeline, reads));
  const series = players.reduce((sum, { lines }) => sum + lines, 0);
  await writeWindows(folder, timeline, windowDuration(timeline, series), function* (window) {
    for (const { play } of players) yield* play(window);
  });
}

/** Writes text as blocks, window by window: promtool works at one while the next is made. */
export async function writeWindows(
  folder: string,
  timeline: Timeline,
  duration: number,
  textOf: (window: Window) => Text,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pool = createPool(2, undefined);
  try {
    for (const window of windowsOf(timeline, duration)) {
      const file = join(folder, `text-${window.start}`);
      await writeFile(file, ended(textOf(window)));
      await pool.run((stop) => loadBlocks(file, folder, duration, stop));
    }
    await pool.end();
  } finally {
    await pool.close();
  }
  pool.rethrow();
}

async function* ended(text: Text) {
  yield* text;
  yield END;
}

async function loadBlocks(file: string, folder: string, duration: number, stop: AbortSignal) {
  const made = `${file}.blocks`;
  await createBlocks('promtool', file, made, duration, process.env, stop);
  for (const name of await readdir(made)) await rename(join(made, name), join(folder, name));
  await rm(file);
  await rm(made, { recursive: true });
}

export interface Player {
  /** Series of its services. */
  readonly lines: number;
  /** OpenMetrics text of a window, without its end; windows are played in order. */
  play(window: Window): Iterable<Uint8Array>;
}

/** Plays a story instant by instant: a group that hangs goes on showing what it did. */
export function playerOf(story: Story, timeline: Timeline, reads: Reads): Player {
  const { world, from, run = RUNNING } = story;
  const { step } = timeline;
  const sampler = createSampler({ world, services: SERVICES, from, to: from, step }, 1);
  const read = sampler.metrics.filter(({ instrument: { name } }) =>
    ['', '_bucket', '_count', '_sum'].some((suffix) => reads(name + suffix)),
  );
  let reached: number | undefined;
  const playTo = (second: number) => {
    if (second === reached) return;
    reached = second;
    const at = from + second;
    sampler.play({ start: at, first: at, last: at, steps: 1 });
  };
  return {
    lines: read.reduce((sum, { lines }) => sum + lines, 0),
    *play({ first, steps, ...window }) {
      const instants = Array.from({ length: steps }, (_, k) => first + k * step - timeline.from);
      const metrics = read.map((metric) => ({
        ...metric,
        values: new Float64Array(metric.lines * steps),
      }));
      instants.forEach((second, k) => {
        playTo(run(second).reached);
        metrics.forEach(({ values, lines }, i) => {
          values.set(read[i]!.values, k * lines);
        });
      });
      const write = openMetricsWriter(metrics, (job) => groupLabels(story, job), step);
      for (const piece of write({ ...window, first, steps })) {
        if (piece.length !== END.length) yield piece;
      }
      yield Buffer.from(groupText(story, instants, timeline.from));
    },
  };
}

function groupText(story: Story, instants: readonly number[], origin: number): string {
  return groupSeries(story, instants, origin)
    .flatMap(({ id, values }) =>
      values.map((value, k) =>
        value === undefined ? '' : `${id} ${value} ${origin + instants[k]!}\n`,
      ),
    )
    .join('');
}
