import { formatLabel, formatLabels } from '../series.js';
import type { OtherRun } from './causes.js';
import { type Counter, type Expectation, histogramsOf } from './expectation.js';
import type { PrometheusReader, Sampled } from './prometheus-api.js';
import { boundOf, canonical } from './series-name.js';
import type { Sample, Samples, Span } from './span.js';

export const QUANTILES = [0.5, 0.95, 0.99] as const;

/** The raw samples of a group. */
export interface Scraped {
  readonly samples: Samples;
  /** Series of which Prometheus has more than one. */
  readonly twice: ReadonlySet<string>;
  /** Runs of which a scrape saw `ragmon_run_info`, and when. */
  readonly runs: readonly (OtherRun & { readonly times: readonly number[] })[];
  /** Of a group without any sample: what there is instead. */
  readonly instead: { readonly exported: boolean; readonly gateway: boolean };
}

/** What PromQL makes of a span, by series; quantiles by histogram. */
export interface Computed {
  readonly increase: ReadonlyMap<string, number>;
  readonly resets: ReadonlyMap<string, number>;
  readonly quantiles: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

type Reader = Pick<PrometheusReader, 'query'>;
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Answers of a long run come in pieces of this many seconds. */
const PIECE = 6 * 3600;

/** Reads what was scraped of a group: a query a metric name, for every six hours. */
export async function readScraped(
  reader: Reader,
  expectation: Expectation,
  range: Range,
): Promise<Scraped> {
  const samples = new Map<string, Sample[]>();
  const twice = new Set<string>();
  const runs = new Map<string, OtherRun & { times: number[] }>();
  for (let from = range.from; from < range.to; from += PIECE) {
    const piece = { from, to: Math.min(range.to, from + PIECE) };
    const raw = async (name: string) =>
      await reader.query(selector(name, expectation) + windowOf(piece), piece.to);
    await Promise.all([
      ...[...byName(expectation)].map(async ([name, counters]) => {
        for (const [id, series] of matched(name, counters, await raw(name))) {
          if (series.length > 1) twice.add(id);
          const known = samples.get(id) ?? [];
          samples.set(id, known);
          const last = known.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
          // Before Prometheus 3 a window has both its ends: a sample can be in two pieces.
          known.push(...series[0]!.samples.filter(([time]) => time > last));
        }
      }),
      raw('ragmon_run_info').then((info) => {
        for (const { labels, samples: seen } of info) {
          const { run_id: runId, seed = '?' } = labels;
          if (runId === undefined) continue;
          const run = runs.get(runId) ?? { runId, seed, times: [] };
          runs.set(runId, run);
          run.times.push(...seen.map(([time]) => time));
        }
      }),
    ]);
  }
  const instead =
    samples.size > 0
      ? { exported: false, gateway: true }
      : await lookAround(reader, expectation, range);
  return { samples, twice, runs: [...runs.values()], instead };
}

async function lookAround(reader: Reader, { key }: Expectation, range: Range) {
  // Unlike count_over_time it keeps the names, without which some series would be the same.
  const any = async (what: string) =>
    (await reader.query(`count(last_over_time(${what}${windowOf(range)}))`, range.to)).length > 0;
  return {
    exported: await any(`{${formatLabel('exported_job', key.job)}}`),
    gateway: await any('push_time_seconds'),
  };
}

/** Has Prometheus compute over a span: two queries a metric name, three a histogram. */
export async function readComputed(
  reader: Reader,
  expectation: Expectation,
  span: Span,
): Promise<Computed> {
  // Prometheus 3 leaves out a sample at the very start of a window.
  const window = windowOf({ from: span.from - 0.001, to: span.to });
  const values = (name: string, counters: readonly Counter[], sampled: Sampled[]) =>
    matched(name, counters, sampled).map(([id, [one]]) => [id, one!.samples[0]![1]] as const);
  const each = async (operator: string) => {
    const names = [...byName(expectation)].map(async ([name, counters]) => {
      const query = `${operator}(${selector(name, expectation)}${window})`;
      return values(name, counters, await reader.query(query, span.to));
    });
    return new Map((await Promise.all(names)).flat());
  };
  const families = new Map(histogramsOf(expectation, boundOf).map((one) => [one.name, one]));
  const quantile = async (q: number) => {
    const all = [...families.values()].map(async ({ name, labelNames }) => {
      const by = ['le', ...labelNames].join(', ');
      const increase = `increase(${selector(`${name}_bucket`, expectation)}${window})`;
      const query = `histogram_quantile(${q}, sum by (${by}) (${increase}))`;
      const sampled = await reader.query(query, span.to);
      return sampled.map(({ labels, samples }) => {
        return [canonical({ name, labels: picked(labels, labelNames) }), samples[0]![1]] as const;
      });
    });
    return [q, new Map((await Promise.all(all)).flat())] as const;
  };
  return {
    increase: await each('increase'),
    resets: await each('resets'),
    quantiles: new Map(await Promise.all(QUANTILES.map(quantile))),
  };
}

function byName({ counters }: Expectation): Map<string, Counter[]> {
  const names = new Map<string, Counter[]>();
  for (const counter of counters) {
    names.set(counter.name, [...(names.get(counter.name) ?? []), counter]);
  }
  return names;
}

/** Series by the id that the ledger gives them: labels that the scrape added do not count. */
function matched(name: string, counters: readonly Counter[], sampled: readonly Sampled[]) {
  const labelNames = [...new Set(counters.flatMap(({ labels }) => Object.keys(labels)))];
  const found = new Map<string, Sampled[]>();
  for (const one of sampled) {
    const id = canonical({ name, labels: picked(one.labels, labelNames) });
    found.set(id, [...(found.get(id) ?? []), one]);
  }
  return [...found].filter(([id]) => counters.some((counter) => counter.id === id));
}

function picked(labels: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
  );
}

/** The group's series of one name. Without an own `instance` the gateway shows an empty one. */
function selector(name: string, { key }: Expectation): string {
  return `${name}${formatLabels({ instance: '', ...key.labels, job: key.job })}`;
}

function windowOf({ from, to }: Range): string {
  return `[${Math.max(1, Math.ceil((to - from) * 1000 - 1e-3))}ms]`;
}
