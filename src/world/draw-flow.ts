import { AMOUNTS, drawAmount, splitAmount } from './amounts.js';
import { addInto, sumAt, zeros } from './arrays.js';
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

/** A stretch of time that was drawn, with what it was drawn from: the mean of each route. */
export interface Drawn {
  readonly flow: Flow;
  readonly means: readonly number[];
}

/** Random streams for routes, and for amounts, by the key of their name. */
export interface FlowStreams {
  readonly routes: (key: number) => Stream;
  readonly amounts: (key: number) => Stream;
}

const ROUTE_KEYS = ROUTES.map((route) => nameKey(route.name));

/** Requests on each route are Poisson with its mean. */
export function drawWhole(means: readonly number[], streams: FlowStreams): Drawn {
  const routes = ROUTE_KEYS.map((key, r) => poisson(streams.routes(key), means[r]!));
  const amounts = AMOUNTS.map((amount) =>
    drawAmount(streams.amounts(amount.key), amount.law, sumAt(routes, amount.routes)),
  );
  return { flow: { routes, amounts }, means };
}

/**
 * The parts of a stretch, whose means add up to its own: a multinomial split of each route, and
 * amounts that follow it.
 */
export function split(
  { flow, means }: Drawn,
  partMeans: readonly (readonly number[])[],
  streams: FlowStreams,
): readonly Drawn[] {
  const parts = partMeans.map(() => ({
    routes: zeros(ROUTES.length),
    amounts: zeros(AMOUNTS.length),
  }));
  flow.routes.forEach((total, r) => {
    let left = total;
    let mass = means[r]!;
    const stream = streams.routes(ROUTE_KEYS[r]!);
    for (let i = 0; left > 0; i++) {
      const here = partMeans[i]![r]!;
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
  return parts.map((part, i) => ({ flow: part, means: partMeans[i]! }));
}

/** What the minutes, or hours, from one up to, not including, another brought together. */
export function sumOfFlows(from: number, to: number, flowOf: (index: number) => Flow): Flow {
  const routes = zeros(ROUTES.length);
  const amounts = zeros(AMOUNTS.length);
  for (let index = from; index < to; index++) {
    const flow = flowOf(index);
    addInto(routes, flow.routes);
    addInto(amounts, flow.amounts);
  }
  return { routes, amounts };
}
