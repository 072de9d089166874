import { AMOUNTS, drawAmount, splitAmount } from './amounts.js';
import { sumAt, zeros } from './arrays.js';
import type { SystemState } from './conditions.js';
import { ROUTES } from './routes.js';
import { binomial, poisson } from './samplers.js';
import { nameKey, type Stream } from './stream.js';

/** How many requests took each route, and the amounts that they carried. */
export interface Flow {
  readonly routes: readonly number[];
  readonly amounts: readonly number[];
}

/** What a minute brings on average. */
export interface Expected {
  readonly state: SystemState;
  readonly requests: number;
  /** Of each route. */
  readonly chances: readonly number[];
}

/** An hour drawn whole, with what it was drawn from: the means of each route. */
export interface Hour {
  readonly flow: Flow;
  readonly minutes: readonly Expected[];
  readonly means: readonly number[];
}

/** Random streams for routes, and for amounts, by the key of their name. */
export interface FlowStreams {
  readonly routes: (key: number) => Stream;
  readonly amounts: (key: number) => Stream;
}

const ROUTE_KEYS = ROUTES.map((route) => nameKey(route.name));

/** The requests on each route are Poisson with the sum of the minutes' means. */
export function drawHour(minutes: readonly Expected[], streams: FlowStreams): Hour {
  const means = zeros(ROUTES.length);
  for (const { requests, chances } of minutes) addScaled(means, chances, requests);
  const routes = means.map((mean, r) => poisson(streams.routes(ROUTE_KEYS[r]!), mean));
  const amounts = AMOUNTS.map((amount) =>
    drawAmount(streams.amounts(amount.key), amount.law, sumAt(routes, amount.routes)),
  );
  return { flow: { routes, amounts }, minutes, means };
}

/** The minutes of an hour: a multinomial split of each route, and amounts that follow it. */
export function splitHour({ flow, minutes, means }: Hour, streams: FlowStreams): readonly Flow[] {
  const parts = minutes.map(() => ({
    routes: zeros(ROUTES.length),
    amounts: zeros(AMOUNTS.length),
  }));
  flow.routes.forEach((total, r) => {
    let left = total;
    let mass = means[r]!;
    const stream = streams.routes(ROUTE_KEYS[r]!);
    for (let i = 0; left > 0; i++) {
      const { requests, chances } = minutes[i]!;
      const here = requests * chances[r]!;
      const n = i === parts.length - 1 ? left : binomial(stream, left, here / mass);
      parts[i]!.routes[r] = n;
      left -= n;
      mass -= here;
    }
  });
  AMOUNTS.forEach(({ key, law, routes }, a) => {
    let left = flow.amounts[a]!;
    let n = sumAt(flow.routes, routes);
    const stream = streams.amounts(key);
    for (let i = 0; n > 0; i++) {
      const part = parts[i]!;
      const carriers = sumAt(part.routes, routes);
      part.amounts[a] = splitAmount(stream, law, left, carriers, n);
      left -= part.amounts[a]!;
      n -= carriers;
    }
  });
  return parts;
}

/** What the minutes from one up to, not including, another brought together. */
export function sumOfFlows(from: number, to: number, flowOf: (minute: number) => Flow): Flow {
  const routes = zeros(ROUTES.length);
  const amounts = zeros(AMOUNTS.length);
  for (let minute = from; minute < to; minute++) {
    const flow = flowOf(minute);
    addScaled(routes, flow.routes, 1);
    addScaled(amounts, flow.amounts, 1);
  }
  return { routes, amounts };
}

function addScaled(sums: number[], values: readonly number[], factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += factor * values[i]!;
}
