import { drawCalls } from './calls.js';
import { NORMAL_REGIME, type Regime, regimeOf } from './conditions.js';
import { type Flow, sumOfFlows } from './draw-flow.js';
import { type FlowOptions, flowSource } from './flow.js';
import { changesWorld, parametersAt, type ScheduledIncident } from './incidents.js';
import type { Minute, ServiceModel, Stretch } from './model.js';
import { MODELS } from './models.js';
import type { Draws, Observations } from './observing.js';
import { type DayPrices, PRICES, type PriceList, pricesOn } from './prices.js';
import { lazy, recent } from './recent.js';
import { drawRetrievals } from './retrievals.js';
import { ENDPOINT_SHARES } from './routes.js';
import { binomial, poisson } from './samplers.js';
import { dayKeys, type Key, Stream } from './stream.js';
import { splitTally, type Tally } from './tally.js';
import { DAY, dayOf, dayOfMinute, HOURS_PER_DAY, MINUTE, MINUTES_PER_HOUR } from './time.js';
import { growthIntegral } from './traffic.js';

const MEGABYTE = 1e6;

/** Raised by every change that moves a number. */
export const WORLD_VERSION = 3;

export interface WorldOptions extends FlowOptions {
  readonly incidents?: readonly ScheduledIncident[];
  readonly prices?: PriceList;
}

/**
 * The one seeded world that everything is read from. All of it is a function of the options and of
 * world time; what it remembers is only what it computed last.
 */
export interface World {
  readonly options: WorldOptions;
  minute(minute: number): Minute;
  /** A UTC day: the sum of its minutes, which are drawn only in hours in which an incident holds. */
  day(day: number): Stretch;
  /** What a service did in a UTC minute. */
  tally(model: ServiceModel, minute: number): Tally;
  /** The observations of that tally, by histogram. */
  observed(model: ServiceModel, minute: number): readonly Observations[];
  /** The tally by second: 60 tallies, of which the minute's is the sum. */
  seconds(model: ServiceModel, minute: number): readonly Tally[];
  /** What a service did in a second, by job, of `jobs` that share its work. */
  jobs(model: ServiceModel, second: number, jobs: number): readonly Tally[];
  /** How many of something are in progress at an instant, by job, with this mean for all jobs. */
  inProgress(model: ServiceModel, second: number, mean: number, jobs: number): readonly number[];
  prices(day: number): DayPrices;
  /** Bytes that docstore holds at an instant: a closed function of the date. */
  storedBytes(second: number): number;
}

/** docstore began to fill on this day; an ingested document takes this many bytes with its index. */
const STORE_OPENED = dayOf('2025-01-01');
const BYTES_PER_INGEST = 50_000;
const MODEL_NAMES = MODELS.map(({ name }) => name);

export function createWorld(options: WorldOptions): World {
  const { seed, rate, profile, prices: list = PRICES } = options;
  const incidents = options.incidents?.filter(changesWorld) ?? [];
  const flow = flowSource(options);
  const stream = new Stream();
  // From a stream of their own, since others draw what follows them.
  const followed = (service: string) => {
    const keys = dayKeys(seed, service, 'minute');
    const own = new Stream();
    return (index: number) => drawsOf(keys, own, index);
  };
  const callDraws = followed('chatapi');
  const retrievalDraws = followed('vectorlens');

  // Parameters change only where an incident begins or ends; minutes in between share a regime.
  const changes = [...new Set(incidents.flatMap(({ from, to }) => [from, to]))].sort(
    (a, b) => a - b,
  );
  const regimeFrom = recent((change: number) => {
    const parameters = parametersAt(incidents, change);
    return parameters ? regimeOf(parameters) : NORMAL_REGIME;
  }, 16);
  // Minutes are asked for mostly in order: the change that holds is near the one of before.
  let current = -1;
  const regimeAt = (index: number): Regime => {
    while (changes[current + 1]! <= index) current++;
    while (changes[current]! > index) current--;
    return current < 0 ? NORMAL_REGIME : regimeFrom(changes[current]!);
  };

  const flowOf = (index: number): Flow => {
    const regime = regimeAt(index);
    return regime === NORMAL_REGIME ? flow.minute(index) : flow.disturbed(index, regime);
  };

  const minute = recent((index: number): Minute => {
    const regime = regimeAt(index);
    const hour = Math.floor(index / MINUTES_PER_HOUR) * MINUTES_PER_HOUR;
    const happened = { conditions: flow.conditions(index, regime), flow: flowOf(index) };
    return {
      minute: index,
      ...happened,
      calls: lazy(() => drawCalls(happened, callDraws(index))),
      retrievals: lazy(() => drawRetrievals(happened, retrievalDraws(index))),
      megabyteSeconds: MINUTE * megabytes(hour),
    };
  }, 4);

  /** What docstore holds at the start of a minute. */
  const megabytes = (index: number) => Math.floor(storedBytes(index * MINUTE) / MEGABYTE);

  const isStruck = (start: number, end: number) =>
    incidents.some(({ from, to }) => from < end && start < to);

  const hourFlow = (index: number): Flow => {
    const start = index * MINUTES_PER_HOUR;
    const end = start + MINUTES_PER_HOUR;
    return isStruck(start, end) ? sumOfFlows(start, end, flowOf) : flow.hour(index);
  };

  const day = (index: number): Stretch => {
    const first = index * HOURS_PER_DAY;
    const last = first + HOURS_PER_DAY;
    const struck = isStruck(first * MINUTES_PER_HOUR, last * MINUTES_PER_HOUR);
    let stored = 0;
    for (let hour = first; hour < last; hour++) stored += megabytes(hour * MINUTES_PER_HOUR);
    return {
      flow: struck ? sumOfFlows(first, last, hourFlow) : flow.day(index),
      megabyteSeconds: MINUTES_PER_HOUR * MINUTE * stored,
    };
  };

  const prices = recent((day: number) => pricesOn(list, MODEL_NAMES, day), 4);

  /** One service's own memory: its streams' keys, its latest minutes and seconds. */
  const memory = recent((model: ServiceModel) => {
    const key = (purpose: string) => dayKeys(seed, model.name, purpose);
    const keys = { seconds: key('seconds'), jobs: key('jobs'), inProgress: key('in progress') };
    const minuteKeys = key('minute');
    const draws = (index: number) => drawsOf(minuteKeys, stream, index);
    const tally = recent((index: number) => model.draw(minute(index), draws(index)), 2);
    const observed = recent((index: number) => model.observed(minute(index), draws(index)), 2);
    const seconds = recent((index: number) => {
      const here = keys.seconds(dayOfMinute(index));
      return shared(model, tally(index), MINUTE, (part) => stream.seek(here, index, part));
    }, 2);
    return { keys, tally, observed, seconds };
  }, 16);

  function jobs(model: ServiceModel, second: number, count: number): readonly Tally[] {
    const { keys, seconds } = memory(model);
    const index = Math.floor(second / MINUTE);
    const whole = seconds(index)[second - index * MINUTE]!;
    const here = keys.jobs(dayOfMinute(index));
    return shared(model, whole, count, (part) => stream.seek(here, second, part));
  }

  function inProgress(model: ServiceModel, second: number, mean: number, count: number) {
    stream.seek(memory(model).keys.inProgress(Math.floor(second / DAY)), second);
    let left = poisson(stream, mean);
    return Array.from({ length: count }, (_, job) => {
      const here = binomial(stream, left, 1 / (count - job));
      left -= here;
      return here;
    });
  }

  function storedBytes(second: number): number {
    const days = growthIntegral(profile, STORE_OPENED, Math.max(STORE_OPENED, second / DAY));
    return Math.floor(rate * ENDPOINT_SHARES.ingest * DAY * days * BYTES_PER_INGEST);
  }

  return {
    options,
    minute,
    day,
    tally: (model, index) => memory(model).tally(index),
    observed: (model, index) => memory(model).observed(index),
    seconds: (model, index) => memory(model).seconds(index),
    jobs,
    inProgress,
    prices,
    storedBytes,
  };
}

/** A service's draws in a minute. */
function drawsOf(keys: (day: number) => Key, stream: Stream, minute: number): Draws {
  const key = keys(dayOfMinute(minute));
  return (draw) => stream.seek(key, minute, draw);
}

/** A tally in `count` parts: halves, their halves, and so on, each drawn from a stream of its own. */
function shared(
  { shape }: ServiceModel,
  whole: Tally,
  count: number,
  streamOf: (part: number) => Stream,
): readonly Tally[] {
  const parts: Tally[] = [];
  const cut = (tally: Tally, from: number, to: number): void => {
    if (to - from === 1) {
      parts.push(tally);
      return;
    }
    const middle = (from + to) >> 1;
    const stream = streamOf(from * 65_536 + to);
    const [part, rest] = splitTally(stream, shape, tally, middle - from, to - from);
    cut(part, from, middle);
    cut(rest, middle, to);
  };
  cut(whole, 0, count);
  return parts;
}
