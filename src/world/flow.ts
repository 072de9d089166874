import { AMOUNTS, drawAmount, scaledAmount, splitAmount } from './amounts.js';
import { sumAt, zeros } from './arrays.js';
import { NORMAL_REGIME, type Regime, type SystemState } from './conditions.js';
import { moveRequests } from './disturbance.js';
import { MODELS } from './models.js';
import { derived, recent } from './recent.js';
import { ROUTES } from './routes.js';
import { binomial, poisson } from './samplers.js';
import { routeChancesIn, unlimitedChances } from './shares.js';
import { dayKeys, nameKey, Stream } from './stream.js';
import { dayOfMinute, MINUTES_PER_DAY, MINUTES_PER_HOUR } from './time.js';
import { dayTraffic, growth, type Profile } from './traffic.js';

/** How many requests took each route, and the amounts that they carried. */
export interface Flow {
  readonly routes: readonly number[];
  readonly amounts: readonly number[];
}

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
 * (Poisson colouring: J. F. C. Kingman, "Poisson Processes", 1993, §5.1). So an hour's count of a
 * route is Poisson with the sum of those means, and its minutes are a multinomial split of it: an
 * hour is drawn whole, and split only when somebody asks for a minute. That is exact because the
 * chances depend on the expected rate of a minute, never on counts.
 */
export interface FlowSource {
  /** The conditions of a minute in a regime. */
  conditions(minute: number, regime: Regime): Conditions;
  /** A whole UTC hour, without incidents. */
  hour(hour: number): Flow;
  /** A minute, without incidents. */
  minute(minute: number): Flow;
  /** A minute in which an incident holds. */
  disturbed(minute: number, regime: Regime): Flow;
}

/** What a minute brings on average. */
interface Expected {
  readonly state: SystemState;
  readonly requests: number;
  /** Of each route. */
  readonly chances: readonly number[];
}

const ROUTE_KEYS = ROUTES.map((route) => nameKey(route.name));

export function flowSource({ seed, rate, profile }: FlowOptions): FlowSource {
  const stream = new Stream();
  const key = (purpose: string) => dayKeys(seed, 'vectorlens', purpose);
  const keys = {
    routes: key('routes'),
    amounts: key('amounts'),
    minuteRoutes: key('route minutes'),
    minuteAmounts: key('amount minutes'),
    movedRoutes: key('incident routes'),
    movedAmounts: key('incident amounts'),
  };
  const traffic = recent((day: number) => dayTraffic(stream, seed, profile, day), 3);
  const minuteRate = recent((day: number) => 60 * rate * growth(profile, day), 3);
  /** By LLM: calls a minute that the provider allows. A small business has its smallest limits. */
  const limits = derived(({ parameters }: Regime) => {
    const factor = Math.max(1, rate) * parameters['chatapi.rate_limit'];
    return MODELS.map(({ requestsPerMinute }) => Math.round(requestsPerMinute * factor));
  });

  function expected(minute: number, regime: Regime): Expected {
    const day = dayOfMinute(minute);
    const relative = traffic(day)[minute - day * MINUTES_PER_DAY]! * regime.parameters.traffic;
    const state = regime.state(relative);
    const requests = minuteRate(day) * relative;
    // The chances depend on the state alone, unless a limit is exceeded.
    const calls = requests * state.llmCalls;
    const excess = limits(regime).map((limit, m) => 1 - limit / (calls * MODELS[m]!.share));
    const chances = excess.some((share) => share > 0)
      ? routeChancesIn(
          state,
          excess.map((share) => Math.max(0, share)),
        )
      : unlimitedChances(state);
    return { state, requests, chances };
  }

  function conditions(minute: number, regime: Regime): Conditions {
    const { state, requests } = expected(minute, regime);
    const calls = requests * state.llmCalls;
    return {
      state,
      requests,
      calls: MODELS.map(({ share }) => calls * share),
      limits: limits(regime),
    };
  }

  const hours = recent((hour: number) => {
    const start = hour * MINUTES_PER_HOUR;
    const minutes = Array.from({ length: MINUTES_PER_HOUR }, (_, i) =>
      expected(start + i, NORMAL_REGIME),
    );
    const means = zeros(ROUTES.length);
    for (const { requests, chances } of minutes) addScaled(means, chances, requests);
    const day = dayOfMinute(start);
    const routes = means.map((mean, r) =>
      poisson(stream.seek(keys.routes(day), hour, ROUTE_KEYS[r]), mean),
    );
    const amounts = AMOUNTS.map((amount) => {
      stream.seek(keys.amounts(day), hour, amount.key);
      return drawAmount(stream, amount.law, sumAt(routes, amount.routes));
    });
    return { flow: { routes, amounts }, minutes, means };
  }, 4);

  const splitHours = recent((hour: number): readonly Flow[] => {
    const { flow, minutes, means } = hours(hour);
    const day = dayOfMinute(hour * MINUTES_PER_HOUR);
    const parts = minutes.map(() => ({
      routes: zeros(ROUTES.length),
      amounts: zeros(AMOUNTS.length),
    }));
    flow.routes.forEach((total, r) => {
      let left = total;
      let mass = means[r]!;
      stream.seek(keys.minuteRoutes(day), hour, ROUTE_KEYS[r]);
      for (let i = 0; left > 0; i++) {
        const { requests, chances } = minutes[i]!;
        const here = requests * chances[r]!;
        const n = i === parts.length - 1 ? left : binomial(stream, left, here / mass);
        parts[i]!.routes[r] = n;
        left -= n;
        mass -= here;
      }
    });
    AMOUNTS.forEach((amount, a) => {
      let left = flow.amounts[a]!;
      let n = sumAt(flow.routes, amount.routes);
      stream.seek(keys.minuteAmounts(day), hour, amount.key);
      for (let i = 0; n > 0; i++) {
        const { routes, amounts } = parts[i]!;
        const part = sumAt(routes, amount.routes);
        amounts[a] = splitAmount(stream, amount.law, left, part, n);
        left -= amounts[a]!;
        n -= part;
      }
    });
    return parts;
  }, 3);

  const minuteFlow = (minute: number): Flow => {
    const hour = Math.floor(minute / MINUTES_PER_HOUR);
    return splitHours(hour)[minute - hour * MINUTES_PER_HOUR]!;
  };

  function disturbed(minute: number, regime: Regime): Flow {
    const before = minuteFlow(minute);
    const [usual, now] = [NORMAL_REGIME, regime].map((each) => {
      const { requests, chances } = expected(minute, each);
      return chances.map((chance) => requests * chance);
    }) as [number[], number[]];
    const day = dayOfMinute(minute);
    const routes = moveRequests(
      (endpoint) => stream.seek(keys.movedRoutes(day), minute, endpoint),
      usual,
      now,
      before.routes,
    );
    const amounts = AMOUNTS.map((amount, a) => {
      const { law } = amount;
      const total = before.amounts[a]!;
      const n = sumAt(before.routes, amount.routes);
      const then = sumAt(routes, amount.routes);
      stream.seek(keys.movedAmounts(day), minute, amount.key);
      const carried =
        then <= n
          ? splitAmount(stream, law, total, then, n)
          : total + drawAmount(stream, law, then - n);
      return scaledAmount(amount, carried, regime.parameters);
    });
    return { routes, amounts };
  }

  return { conditions, hour: (hour) => hours(hour).flow, minute: minuteFlow, disturbed };
}

function addScaled(sums: number[], values: readonly number[], factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += factor * values[i]!;
}
