import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import type { AskedOptions } from '../../run/continue.js';
import { DEFAULTS, type GivenOptions, runOptions } from '../../run/options.js';
import type { CounterMode, RunOptions } from '../../run/plan.js';
import { SERVICES } from '../../services/catalogue.js';
import { PROFILES } from '../../world/traffic.js';
import { instanceOf, labelsOf, servicesOf } from '../group.js';
import { readPrices } from '../prices.js';
import {
  parseChoice,
  parseDuration,
  parseInteger,
  parsePositive,
  parsePositiveDuration,
  parseTime,
  parseWorldDuration,
  words,
} from '../values.js';
import type { SimulateFlags } from './flags.js';
import { scenarioPlayed } from './scenario.js';

const COUNTER_MODES: readonly CounterMode[] = ['carry', 'fresh', 'per-run'];

/**
 * What a run does, from flags, variables and defaults, all of it checked.
 * @throws UsageError naming the flag and what it should be
 */
export async function runOptionsOf(flags: SimulateFlags, env: Env): Promise<RunOptions> {
  if (flags.linger !== undefined && !flags.cleanup) {
    throw new UsageError('--linger is the wait before --cleanup, which is not given');
  }
  if (flags.hold && flags.dryRun) {
    throw new UsageError('--hold keeps a gateway up, but --dry-run has none');
  }
  const scrapeInterval = given(flags.scrapeInterval, positiveDuration('--scrape-interval'));
  const linger = given(flags.linger, (text) => parseDuration('--linger', text));
  const services = flags.service && servicesOf(flags.service);
  const asked = {
    services,
    seed: flags.seed,
    rate: given(flags.rate, (text) => parsePositive('--rate', text, 1e7)),
    profile: given(flags.profile, (text) => parseChoice('--profile', text, PROFILES)),
    prices: flags.prices === undefined ? undefined : await readPrices(flags.prices, env),
    start: given(flags.start, (text) => parseTime('--start', text, env.now())),
    duration: given(flags.duration, durationOf),
    speed: given(flags.speed, speedOf),
    interval: given(flags.interval, positiveDuration('--interval')),
    jobs: given(flags.jobs, (text) => parseInteger('--jobs', text, 1, 10_000)),
    jobLifetime: given(flags.jobLifetime, (text) => parseWorldDuration('--job-lifetime', text)),
    counters: given(flags.counters, (text) => parseChoice('--counters', text, COUNTER_MODES)),
    warmup: given(flags.warmup, (text) => parseDuration('--warmup', text)),
    scrapeInterval,
    instance: flags.instance,
    labels: labelsOf(flags.label ?? [], services ?? SERVICES),
    shard: shardOf(flags, env),
    cleanupAfter: flags.cleanup ? (linger ?? scrapeInterval ?? DEFAULTS.scrapeInterval) : undefined,
  };
  const scenario = flags.scenario && words(flags.scenario);
  const options =
    flags.continue === undefined
      ? await beginning(asked, scenario, flags, env)
      : await (await import('./continue.js')).continueFromFile(
          flags.continue,
          asked,
          scenario,
          env,
        );
  return runOptions(options, env, flags.dryRun);
}

/** Of a run that goes on from no history. */
async function beginning(
  asked: Omit<AskedOptions, 'scenario'>,
  scenario: readonly string[] | undefined,
  flags: SimulateFlags,
  env: Env,
): Promise<GivenOptions> {
  return {
    ...asked,
    prices: asked.prices ?? (await readPrices(env.vars.RAGMON_PRICES, env)),
    seed: asked.seed ?? (env.vars.RAGMON_SEED || undefined),
    scenario: scenario && (await scenarioPlayed(scenario, env)),
    instance: instanceOf(flags, env),
  };
}

/** Of what is not there nothing is parsed. */
function given<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

function positiveDuration(name: string): (text: string) => number {
  return (text) => parsePositiveDuration(name, text);
}

function durationOf(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : parseWorldDuration('--duration', text);
}

function speedOf(text: string): number {
  const speed = parsePositive('--speed', text, 1e6);
  if (speed < 0.001) throw new UsageError('--speed must be at least 0.001');
  return speed;
}

function shardOf(flags: SimulateFlags, { vars }: Env): { index: number; of: number } {
  const text = flags.shard ?? '0/1';
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (of === undefined || Number(of) < 1 || Number(index) >= Number(of)) {
    throw new UsageError(`--shard: ${JSON.stringify(text)} is not i/n with 0 ≤ i < n`);
  }
  if (Number(of) > 1 && (flags.start === undefined || /^now/.test(flags.start))) {
    throw new UsageError('--shard needs an explicit --start, the same in all shards');
  }
  if (Number(of) > 1 && flags.instance === undefined && !vars.RAGMON_INSTANCE) {
    throw new UsageError('--shard needs an explicit --instance, the same in all shards');
  }
  return { index: Number(index), of: Number(of) };
}
