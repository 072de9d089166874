import { RagmonError, UsageError } from '../errors.js';
import type { Values } from '../instruments/parts.js';
import type { RunInfo } from '../instruments/run-metrics.js';
import type { GroupingKey } from '../pushgateway/grouping-key.js';
import type { Service } from '../services/service.js';
import { VERSION } from '../version.js';
import type { AnyScenario } from '../world/dated.js';
import type { ScheduledIncident } from '../world/incidents.js';
import { MODELS } from '../world/models.js';
import { type PriceList, pricesOn } from '../world/prices.js';
import { digest } from '../world/stream.js';
import { DAY } from '../world/time.js';
import type { Profile } from '../world/traffic.js';
import { hangsFrom, incidentsFrom } from './incidents.js';

/** What a group's counters go on from: what it holds, nothing, or nothing in a group of its own. */
export type CounterMode = 'carry' | 'fresh' | 'per-run';

/** The end of a history, from which a run's counters go on. */
export interface Continued {
  /** World time, Unix seconds. */
  readonly end: number;
  /** By service name: every counter and bucket at that time. */
  readonly final: Readonly<Record<string, Values>>;
}

/** Everything that decides what a run does. World time in whole seconds, wall time in seconds. */
export interface RunOptions {
  readonly services: readonly Service[];
  readonly seed: string;
  /** Mean user requests per second. */
  readonly rate: number;
  readonly profile: Profile;
  readonly scenario?: AnyScenario | undefined;
  readonly prices: PriceList;
  /** World time, Unix seconds. */
  readonly start: number;
  /** World time; undefined: until stopped. */
  readonly duration: number | undefined;
  /** World seconds per wall second. */
  readonly speed: number;
  /** Wall time from tick to tick. */
  readonly interval: number;
  /** Concurrent jobs of each service. */
  readonly jobs: number;
  /** World time after which a job ends and the next begins; undefined: one job for all. */
  readonly jobLifetime: number | undefined;
  readonly counters: CounterMode;
  /** The end of a history, from which the counters go on instead. */
  readonly continued?: Continued | undefined;
  /** Wall time for which new groups are held at zero; undefined: one scrape interval. */
  readonly warmup: number | undefined;
  readonly scrapeInterval: number;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  /** This process runs every `of`-th job, from `index` on. */
  readonly shard: { readonly index: number; readonly of: number };
  readonly runId: string;
  /** Delete the run's own groups at the end, after this long (wall time); undefined: keep them. */
  readonly cleanupAfter: number | undefined;
}

/** A place in a run: one of the concurrent jobs of a service, with its group. */
export interface Slot {
  readonly service: Service;
  /** Index of the job among those of its service. */
  readonly job: number;
  readonly key: GroupingKey;
}

/** What a run will do, known before anything is sent. */
export interface Plan {
  readonly options: RunOptions;
  /** All that the world may need; those of a dated scenario reach far beyond a run without an end. */
  readonly incidents: readonly ScheduledIncident[];
  /** Those of them in which jobs hang. */
  readonly hangs: readonly ScheduledIncident[];
  /** World time, Unix seconds; undefined: until stopped. */
  readonly end: number | undefined;
  /** The slots of this shard. */
  readonly slots: readonly Slot[];
}

/** @throws UsageError when the scenario does not fit into the run, or its first day has no prices */
export function planRun(options: RunOptions): Plan {
  const { services, seed, start, duration, scenario, jobs, shard } = options;
  checkPrices(options);
  const end = duration === undefined ? undefined : start + duration;
  const incidents = incidentsFrom(scenario, seed, options.continued?.end ?? start, end);
  // Jobs are numbered over the whole run, a service at a time.
  const slots = services
    .flatMap((service) => Array.from({ length: jobs }, (_, job) => slotOf(options, service, job)))
    .filter((_, number) => number % shard.of === shard.index);
  if (slots.length === 0) {
    throw new UsageError(
      `shard ${shard.index}/${shard.of} has no job: the run has only ${services.length * jobs}`,
    );
  }
  return { options, incidents, hangs: hangsFrom(scenario, start), end, slots };
}

/** Finds a price that is missing before the run begins; with later days they only get more. */
function checkPrices({ prices, start }: RunOptions): void {
  const names = MODELS.map(({ name }) => name);
  try {
    pricesOn(prices, names, Math.floor(start / DAY));
  } catch (error) {
    if (!(error instanceof RagmonError)) throw error;
    throw new UsageError(error.message, error.hint ? { hint: error.hint } : {});
  }
}

function slotOf(options: RunOptions, service: Service, job: number): Slot {
  const { instance, jobs, counters, runId, labels } = options;
  const parts = [instance, ...(counters === 'per-run' ? [runId] : []), ...(jobs > 1 ? [job] : [])];
  return {
    service,
    job,
    key: { job: service.name, labels: { ...labels, instance: parts.join('-') } },
  };
}

/** A run id that follows from the options alone: the same in every shard. */
export function sharedRunId(options: object): string {
  const text = JSON.stringify(options, (name, value) =>
    name === 'services' ? (value as Service[]).map((service) => service.name) : value,
  );
  return digest(text);
}

/**
 * The world time, as seconds from the start, to which the run should play next. Ticks end at
 * ⌊k · interval · speed⌋ for k = 1, 2, …; a job's end and the run's end are ticks too. Ticks whose
 * time has passed already merge into the latest of them, but never over the end of a job.
 * @param played seconds played so far
 * @param reached seconds that the world's clock shows now
 */
export function nextTick(options: RunOptions, played: number, reached: number): number {
  const { interval, speed, duration, jobLifetime } = options;
  const tick = interval * speed;
  const endOfJob =
    jobLifetime === undefined
      ? Number.POSITIVE_INFINITY
      : (Math.floor(played / jobLifetime) + 1) * jobLifetime;
  const boundary = Math.min(endOfJob, duration ?? Number.POSITIVE_INFINITY);
  // The first tick that ends on the grid after `played`.
  const k = Math.ceil((played + 1 - 1e-9) / tick);
  const next = Math.max(played + 1, Math.floor(k * tick + 1e-9));
  const latest = Math.floor(Math.floor((reached + 1e-9) / tick) * tick + 1e-9);
  return Math.min(boundary, Math.max(next, latest));
}

/** Who pushes: the labels of `ragmon_run_info`. */
export function infoOf({ runId, seed, scenario }: RunOptions): RunInfo {
  return { version: VERSION, run_id: runId, seed, scenario: scenario?.name ?? 'none' };
}

/** How many jobs of its chain each slot has run when the world has reached this second. */
export function jobsInChain({ jobLifetime, start }: RunOptions, at: number): number {
  return jobLifetime === undefined ? 1 : Math.max(1, Math.ceil((at - start) / jobLifetime));
}
