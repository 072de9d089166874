import type { Env } from '../env.js';
import { SERVICES } from '../services/catalogue.js';
import { PRICES } from '../world/prices.js';
import { type RunOptions, sharedRunId } from './plan.js';

/** RunOptions of which anything may be left out; a `duration` of `Infinity` lasts until stopped. */
export type GivenOptions = { readonly [K in keyof RunOptions]?: RunOptions[K] | undefined };

/** Seconds, where it is a time. */
export const DEFAULTS = { duration: 60, interval: 5, scrapeInterval: 15 };

/**
 * What a run does where it is not told otherwise.
 * @param repeatable whether the run's id follows from the options, instead of from chance: shards
 *   share it, and a dry run is the same every time
 */
export function runOptions(
  given: GivenOptions,
  { now, hostname, randomId }: Pick<Env, 'now' | 'hostname' | 'randomId'>,
  repeatable = false,
): RunOptions {
  const { duration = DEFAULTS.duration, shard = { index: 0, of: 1 } } = given;
  const options = {
    services: given.services ?? SERVICES,
    seed: given.seed ?? 'ragmon',
    rate: given.rate ?? 1,
    profile: given.profile ?? 'daily',
    scenario: given.scenario,
    prices: given.prices ?? PRICES,
    start: given.start ?? Math.floor(now() / 1000),
    duration: duration === Number.POSITIVE_INFINITY ? undefined : duration,
    speed: given.speed ?? 1,
    interval: given.interval ?? DEFAULTS.interval,
    jobs: given.jobs ?? 1,
    jobLifetime: given.jobLifetime,
    counters: given.counters ?? 'carry',
    continued: given.continued,
    warmup: given.warmup,
    scrapeInterval: given.scrapeInterval ?? DEFAULTS.scrapeInterval,
    instance: given.instance ?? hostname,
    labels: given.labels ?? {},
    shard,
    cleanupAfter: given.cleanupAfter,
  } as const;
  const fixed = repeatable || shard.of > 1;
  const id = () => (fixed ? sharedRunId({ ...options, shard: null }) : randomId());
  return { ...options, runId: given.runId ?? id() };
}
