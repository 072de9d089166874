import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import { RUN_INFO_LABELS } from '../../instruments/run-metrics.js';
import { type CounterMode, type RunOptions, sharedRunId } from '../../run/plan.js';
import { SERVICES } from '../../services/catalogue.js';
import type { Service } from '../../services/service.js';
import type { Scenario } from '../../world/incidents.js';
import { findScenario, SCENARIOS } from '../../world/scenarios.js';
import type { Profile } from '../../world/traffic.js';
import {
  parseChoice,
  parseDuration,
  parseInteger,
  parsePositive,
  parsePositiveDuration,
  parseTime,
  parseWorldDuration,
} from '../values.js';
import type { SimulateFlags } from './flags.js';
import { readPrices } from './prices.js';

const COUNTER_MODES: readonly CounterMode[] = ['carry', 'fresh', 'per-run'];
const PROFILES: readonly Profile[] = ['daily', 'flat'];
const DEFAULT_INTERVAL = '5s';

/**
 * What a run does, from flags, variables and defaults, all of it checked.
 * @throws UsageError naming the flag and what it should be
 */
export async function runOptionsOf(flags: SimulateFlags, env: Env): Promise<RunOptions> {
  const services = servicesOf(flags.service ?? ['all']);
  const duration = flags.duration ?? '1m';
  const scrapeInterval = parsePositiveDuration('--scrape-interval', flags.scrapeInterval ?? '15s');
  const shard = shardOf(flags, env);
  const labels = labelsOf(flags.label ?? [], services);
  const prices = flags.prices ?? env.vars.RAGMON_PRICES;
  if (flags.linger !== undefined && !flags.cleanup) {
    throw new UsageError('--linger is the wait before --cleanup, which is not given');
  }
  const options = {
    services,
    seed: flags.seed ?? (env.vars.RAGMON_SEED || 'ragmon'),
    rate: parsePositive('--rate', flags.rate ?? '1', 1e7),
    profile: parseChoice('--profile', flags.profile ?? 'daily', PROFILES),
    scenario: flags.scenario === undefined ? undefined : scenarioOf(flags.scenario),
    prices: await readPrices(prices, env),
    start: parseTime('--start', flags.start ?? 'now', env.now()),
    duration: duration === 'inf' ? undefined : parseWorldDuration('--duration', duration),
    speed: speedOf(flags.speed ?? '1'),
    interval: parsePositiveDuration('--interval', flags.interval ?? DEFAULT_INTERVAL),
    jobs: parseInteger('--jobs', flags.jobs ?? '1', 1, 10_000),
    jobLifetime:
      flags.jobLifetime === undefined
        ? undefined
        : parseWorldDuration('--job-lifetime', flags.jobLifetime),
    counters: parseChoice('--counters', flags.counters ?? 'carry', COUNTER_MODES),
    warmup: flags.warmup === undefined ? undefined : parseDuration('--warmup', flags.warmup),
    scrapeInterval,
    instance: instanceOf(flags, env),
    labels,
    shard,
    cleanupAfter: flags.cleanup
      ? flags.linger === undefined
        ? scrapeInterval
        : parseDuration('--linger', flags.linger)
      : undefined,
  };
  return {
    ...options,
    // What shards share, or is to be the same every time, cannot have an id of chance.
    runId: flags.dryRun || shard.of > 1 ? sharedRunId({ ...options, shard: null }) : env.randomId(),
  };
}

function speedOf(text: string): number {
  const speed = parsePositive('--speed', text, 1e6);
  if (speed < 0.001) throw new UsageError('--speed must be at least 0.001');
  return speed;
}

/** `--service a,b --service c`; `all` for every one. In the catalogue's order, each once. */
function servicesOf(words: readonly string[]): readonly Service[] {
  const names = words.flatMap((word) => word.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (name !== 'all' && !SERVICES.some((service) => service.name === name)) {
      throw new UsageError(`--service: there is no service ${JSON.stringify(name)}`, {
        hint: `there are ${SERVICES.map(nameAndPrefix).join(', ')}, and all`,
      });
    }
  }
  return names.includes('all')
    ? SERVICES
    : SERVICES.filter((service) => names.includes(service.name));
}

/** A metric prefix can differ from its service's name. */
function nameAndPrefix({ name, instruments }: Service): string {
  const prefix = instruments[0]?.name.split('_')[0];
  return prefix === name ? name : `${name} (whose metrics are ${prefix}_*)`;
}

function scenarioOf(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario) return scenario;
  throw new UsageError(`--scenario: there is no scenario ${JSON.stringify(name)}`, {
    hint: `there are ${SCENARIOS.map((one) => one.name).join(', ')}`,
  });
}

function instanceOf(flags: SimulateFlags, env: Env): string {
  const instance = flags.instance ?? (env.vars.RAGMON_INSTANCE || env.hostname);
  if (instance === '') throw new UsageError('--instance must not be empty');
  return instance;
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

/**
 * Labels of the grouping key. A label that a metric carries itself would replace it in every
 * series; `le` and `quantile` make Prometheus drop the whole scrape; an empty value is, to
 * Prometheus, no label.
 */
function labelsOf(pairs: readonly string[], services: readonly Service[]): Record<string, string> {
  const taken = new Set<string>([
    ...['job', 'instance', 'le', 'quantile', ...RUN_INFO_LABELS],
    ...services.flatMap(({ instruments }) => instruments.flatMap(({ labels }) => labels)),
  ]);
  const result: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--label: ${JSON.stringify(pair)} is not name=value`);
    }
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
      throw new UsageError(`--label: ${JSON.stringify(name)} is not a label name`, {
        hint: 'letters, digits and _, not beginning with a digit or with __',
      });
    }
    if (taken.has(name)) {
      throw new UsageError(`--label: the label ${name} is in use already`, {
        hint: name === 'instance' ? 'set it with --instance' : 'choose another name',
      });
    }
    if (value === '') {
      throw new UsageError(`--label: ${name} has an empty value, which Prometheus takes for none`);
    }
    if (name in result) throw new UsageError(`--label: ${name} is given twice`);
    result[name] = value;
  }
  return result;
}
