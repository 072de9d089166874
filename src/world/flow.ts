import { AMOUNTS, type Amount, drawAmount, scaledAmount, splitAmount } from './amounts.js';
import { sumAt, zeros } from './arrays.js';
import { NORMAL_REGIME, type Regime, type SystemState } from './conditions.js';
import { moveRequests } from './disturbance.js';
import { drawWhole, type Expected, type Flow, type FlowStreams, split } from './draw-flow.js';
import { MODELS } from './models.js';
import { derived, recent } from './recent.js';
import { ROUTES } from './routes.js';
import { routeChancesIn, unlimitedChances } from './shares.js';
import { dayKeys, Stream } from './stream.js';
import { dayOfMinute, HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR } from './time.js';
import { dayTraffic, growth, type Profile } from './traffic.js';

export interface FlowOptions {
  readonly seed: string;
  /** Mean user requests per second. */
  readonly rate: number;
  readonly profile: Profile;
}

/** What a minute's numbers are drawn from. */
export interface Conditions {
  readonly state: SystemState;
  /** User requests that are expected in the minute. */
  readonly requests: number;
  /** By LLM: calls that are expected in the minute, and that the provider allows. */
  readonly calls: readonly number[];
  readonly limits: readonly number[];
}

/**
 * The flow of user requests through the system, without incidents, and what incidents make of it.
 *
 * In minute m, route r is taken by Poisson(λ_m · p_r(m)) requests, independently of all others
 * (Poisson colouring: J. F. C. Kingman, "Poisson Processes", 1993, §5.1). So a day's count of a route
 * is Poisson with the sum of those means, its hours are a multinomial split of it, and so are an
 * hour's minutes: a day is drawn whole, and split only as far as somebody asks. That is exact
 * because the chances depend on the expected rate of a minute, never on counts.
 */
export interface FlowSource {
  /** The conditions of a minute in a regime. */
  conditions(minute: number, regime: Regime): Conditions;
  /** A whole UTC day, or an hour, without incidents. */
  day(day: number): Flow;
  hour(hour: number): Flow;
  /** A minute, without incidents. */
  minute(minute: number): Flow;
  /** A minute in which an incident holds. */
  disturbed(minute: number, regime: Regime): Flow;
}

export function flowSource({ seed, rate, profile }: FlowOptions): FlowSource {
  const stream = new Stream();
  const key = (purpose: string) => dayKeys(seed, 'vectorlens', purpose);
  const streams = (purpose: string) => {
    const keys = { routes: key(`${purpose} routes`), amounts: key(`${purpose} amounts`) };
    return (day: number, place: number): FlowStreams => ({
      routes: (name) => stream.seek(keys.routes(day), place, name),
      amounts: (name) => stream.seek(keys.amounts(day), place, name),
    });
  };
  const streamsOf = {
    day: streams('day'),
    hour: streams('hour'),
    minute: streams('minute'),
    incident: streams('incident'),
  };
  const traffic = recent((day: number) => dayTraffic(stream, seed, profile, day), 3);
  const minuteRate = recent((day: number) => 60 * rate * growth(profile, day), 3);
  /** By LLM: calls a minute that the provider allows. A small business has its smallest limits. */
  const limitsIn = derived(({ parameters }: Regime) => {
    const factor = Math.max(1, rate) * parameters['chatapi.rate_limit'];
    const limits = MODELS.map(({ requestsPerMinute }) => Math.round(requestsPerMinute * factor));
    // The calls, to all of them together, up to which no limit is exceeded.
    const calls = Math.min(...MODELS.map(({ share }, model) => limits[model]! / share));
    return { limits, calls };
  });

  /** The chance of each route, where a minute brings so many requests on average. */
  function chancesOf(regime: Regime, state: SystemState, requests: number): readonly number[] {
    const within = limitsIn(regime);
    const calls = requests * state.llmCalls;
    if (calls <= within.calls) return unlimitedChances(state);
    return routeChancesIn(
      state,
      MODELS.map(({ share }, m) => Math.max(0, 1 - within.limits[m]! / (calls * share))),
    );
  }

  function expectedOf(minute: number, regime: Regime): Expected {
    const day = dayOfMinute(minute);
    const relative = traffic(day)[minute - day * MINUTES_PER_DAY]! * regime.parameters.traffic;
    const state = regime.state(relative);
    const requests = minuteRate(day) * relative;
    return { state, requests, chances: chancesOf(regime, state, requests) };
  }

  function conditions(minute: number, regime: Regime): Conditions {
    const { state, requests } = expectedOf(minute, regime);
    const calls = MODELS.map(({ share }) => requests * state.llmCalls * share);
    return { state, requests, calls, limits: limitsIn(regime).limits };
  }

  /** What a stretch of one day brings on average, without incidents: the mean of each route. */
  function meansIn(from: number, to: number): readonly number[] {
    const day = dayOfMinute(from);
    const start = day * MINUTES_PER_DAY;
    const usual = traffic(day);
    const rateOfDay = minuteRate(day);
    const { calls } = limitsIn(NORMAL_REGIME);
    const means = zeros(ROUTES.length);
    const add = (requests: number, chances: readonly number[]) => {
      for (let r = 0; r < means.length; r++) means[r]! += requests * chances[r]!;
    };
    // Minutes in the same state have the same chances: their requests are taken together.
    const states: SystemState[] = [];
    const together: number[] = [];
    for (let i = from - start; i < to - start; i++) {
      const state = NORMAL_REGIME.state(usual[i]!);
      const requests = rateOfDay * usual[i]!;
      if (requests * state.llmCalls > calls) {
        add(requests, chancesOf(NORMAL_REGIME, state, requests));
        continue;
      }
      states[state.step] = state;
      together[state.step] = (together[state.step] ?? 0) + requests;
    }
    states.forEach((state, step) => {
      add(together[step]!, unlimitedChances(state));
    });
    return means;
  }

  const days = recent((day: number) => {
    const start = day * MINUTES_PER_DAY;
    return drawWhole(meansIn(start, start + MINUTES_PER_DAY), streamsOf.day(day, day));
  }, 3);

  const hoursOf = recent((day: number) => {
    const means = parts(day * MINUTES_PER_DAY, HOURS_PER_DAY, MINUTES_PER_HOUR);
    return split(days(day), means, streamsOf.hour(day, day));
  }, 3);

  const minutesOf = recent((hour: number) => {
    const start = hour * MINUTES_PER_HOUR;
    const day = dayOfMinute(start);
    const whole = hoursOf(day)[hour - day * HOURS_PER_DAY]!;
    return split(whole, parts(start, MINUTES_PER_HOUR, 1), streamsOf.minute(day, hour));
  }, 3);

  /** The means of so many parts of `length` minutes each, from a minute on. */
  function parts(from: number, count: number, length: number): readonly (readonly number[])[] {
    return Array.from({ length: count }, (_, i) =>
      meansIn(from + i * length, from + (i + 1) * length),
    );
  }

  const hourFlow = (hour: number): Flow => {
    const day = Math.floor(hour / HOURS_PER_DAY);
    return hoursOf(day)[hour - day * HOURS_PER_DAY]!.flow;
  };

  const minuteFlow = (minute: number): Flow => {
    const hour = Math.floor(minute / MINUTES_PER_HOUR);
    return minutesOf(hour)[minute - hour * MINUTES_PER_HOUR]!.flow;
  };

  function disturbed(minute: number, regime: Regime): Flow {
    const { routes: before, amounts: totals } = minuteFlow(minute);
    const streams = streamsOf.incident(dayOfMinute(minute), minute);
    const usual = expectedOf(minute, NORMAL_REGIME);
    const now = expectedOf(minute, regime);
    const routes = isSame(usual, now)
      ? before
      : moveRequests(streams.routes, meansOf(usual), meansOf(now), before);
    const amounts = AMOUNTS.map((amount, a) => {
      const total = totals[a]!;
      const n = sumAt(before, amount.routes);
      const then = sumAt(routes, amount.routes);
      const carried = then === n ? total : carriedBy(streams, amount, total, n, then);
      return scaledAmount(amount, carried, regime.parameters);
    });
    return { routes, amounts };
  }

  const dayFlow = (day: number): Flow => days(day).flow;
  return { conditions, day: dayFlow, hour: hourFlow, minute: minuteFlow, disturbed };
}

/** Whether requests come and go as usual: an incident may touch their times and amounts alone. */
function isSame(usual: Expected, now: Expected): boolean {
  if (usual.requests !== now.requests) return false;
  return usual.chances.every((chance, r) => chance === now.chances[r]);
}

/** What `then` requests carry where `n` of them carried a total. */
function carriedBy(
  streams: FlowStreams,
  { law, key }: Amount,
  total: number,
  n: number,
  then: number,
): number {
  const stream = streams.amounts(key);
  return then < n
    ? splitAmount(stream, law, total, then, n)
    : total + drawAmount(stream, law, then - n);
}

/** Requests on each route. */
function meansOf({ requests, chances }: Expected): readonly number[] {
  return chances.map((chance) => requests * chance);
}
