import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { windowsOf } from '../../src/history/series/windows.js';
import { seriesId } from '../../src/series.js';
import type { Alert, Recording, RuleFile } from '../../src/stack/rules/rule.js';
import { temporaryFolder } from '../support/processes.js';
import { openPrometheus, type Queries } from '../support/servers.js';
import { type Firing, firings } from './firing.js';
import { secondsOf, type Timed, timedRules } from './rules.js';
import type { Story } from './story.js';
import { type Timeline, writeStories, writeWindows } from './tsdb.js';

// Rules over hours or months of the past, in seconds: an expression is a range query at the interval
// of its group. Recordings come first, and are written back as blocks for what reads them.

/** How long the stories are, and how often they are scraped. Seconds. */
export interface Watch {
  readonly length: number;
  readonly step: number;
}

/** Seconds of the longest blocks here, and of a range query: at most 11,000 points a series. */
const WEEK = 162 * 3600;
const MOST_POINTS = 11_000;
/** Where stories begin: where blocks of every duration do. */
const ORIGIN = Math.floor(Date.parse('2026-01-01T00:00:00Z') / 1000 / WEEK) * WEEK;

/** Every alert that fires in the stories: when, in seconds since they began. */
export async function firingsIn(
  stories: readonly Story[],
  files: Readonly<Record<string, RuleFile>>,
  { length, step }: Watch,
): Promise<readonly Firing[]> {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const timeline = { from: ORIGIN, to: ORIGIN + length, step };
  const { levels, alerts, words } = timedRules(files, step);
  try {
    await writeStories(data, stories, timeline, (name) => words.has(name));
    for (const level of levels) {
      await withPrometheus(data, step, (prometheus) => record(data, prometheus, level, timeline));
    }
    return await withPrometheus(data, step, async (prometheus) => {
      const found = alerts.map((alert) => fired(prometheus, alert, timeline));
      return (await Promise.all(found)).flat();
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A Prometheus that looks back for less than a step: what has no sample at an instant is not there.
 * So it is on a live one too, which marks a series as stale as soon as a scrape, or the evaluation of
 * its rule, does not find it.
 */
async function withPrometheus<T>(
  data: string,
  step: number,
  use: (prometheus: Queries) => Promise<T>,
): Promise<T> {
  const prometheus = await openPrometheus('', data, [
    `--query.lookback-delta=${step - 1}s`,
    '--query.max-concurrency=3',
    '--query.timeout=1h',
    '--query.max-samples=500000000',
    '--storage.tsdb.retention.time=20y',
  ]);
  try {
    return await use(prometheus);
  } finally {
    await prometheus.stop();
  }
}

/** Makes blocks of what these recordings give. */
async function record(
  data: string,
  prometheus: Queries,
  level: readonly Timed<Recording>[],
  timeline: Timeline,
): Promise<void> {
  for (const interval of new Set(level.map((each) => each.interval))) {
    const rules = level.filter((each) => each.interval === interval).map(({ rule }) => rule);
    const grid = { ...timeline, step: interval };
    await writeWindows(data, grid, longest(interval), async function* ({ first, last }) {
      const range = { start: first, end: last, step: interval };
      yield* await Promise.all(
        rules.map(async ({ record, expr }) => {
          const series = await prometheus.queryRange(expr, range);
          return series.map(({ labels, samples }) => {
            const id = seriesId(record, withoutName(labels));
            return samples.map(([time, value]) => `${id} ${value} ${time}\n`).join('');
          });
        }),
      ).then((texts) => texts.flat());
    });
  }
}

/** When an alert fired, for each set of labels that it had. */
async function fired(
  prometheus: Queries,
  { rule, interval }: Timed<Alert>,
  timeline: Timeline,
): Promise<readonly Firing[]> {
  const holding = new Map<string, { labels: Firing['labels']; times: number[] }>();
  for (const { first, last } of windowsOf({ ...timeline, step: interval }, longest(interval))) {
    const range = { start: first, end: last, step: interval };
    for (const { labels, samples } of await prometheus.queryRange(rule.expr, range)) {
      const all: Firing['labels'] = { ...withoutName(labels), ...rule.labels };
      const id = seriesId('', all);
      if (!holding.has(id)) holding.set(id, { labels: all, times: [] });
      holding.get(id)!.times.push(...samples.map(([time]) => time - timeline.from));
    }
  }
  const grid = { interval, end: timeline.to - timeline.from, for: secondsOf(rule.for ?? '') };
  return [...holding.values()].flatMap(({ labels, times }) =>
    firings(times, grid).map((when) => ({ alert: rule.alert, labels, ...when })),
  );
}

/** The longest block whose points one query may ask for. */
function longest(interval: number): number {
  return interval * MOST_POINTS < WEEK ? WEEK / 9 : WEEK;
}

function withoutName({ __name__, ...labels }: Record<string, string>): Record<string, string> {
  return labels;
}
