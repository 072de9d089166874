import { type Key, nameKey, type Stream } from '../../world/stream.js';

/** The draws of one minute's events: a random stream by what is drawn. */
export type Draw = (name: string | number) => Stream;

export function drawsOf(stream: Stream, key: Key, minute: number): Draw {
  return (name) => stream.seek(key, minute, typeof name === 'string' ? nameKey(name) : name);
}

/** The requests of a minute, one place an array; in the order of their routes. */
export interface Requests {
  /** Index into `ROUTES`. */
  readonly route: readonly number[];
  /** On each route: its requests. */
  readonly on: readonly (readonly number[])[];
}

/** The requests of a minute, from how many took each route. */
export function listed(counts: readonly number[]): Requests {
  const route: number[] = [];
  const on = counts.map((count, r) =>
    Array.from({ length: count }, () => {
      return route.push(r) - 1;
    }),
  );
  return { route, on };
}

/** All requests on these routes. */
export function requestsOn({ on }: Requests, routes: readonly number[]): number[] {
  return routes.flatMap((route) => on[route]!);
}

/** In any order, in place (Fisher and Yates). */
export function shuffled(stream: Stream, values: number[]): number[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(stream.next() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}
