import { AMOUNTS, splitAmount } from '../../world/amounts.js';
import { DOCSTORE_INDEX, docstoreModel } from '../../world/docstore.js';
import { ROUTES } from '../../world/routes.js';
import { vectorlensModel } from '../../world/vectorlens.js';
import type { World } from '../../world/world.js';
import { type Durations, durationsOf } from './durations.js';
import { type Draw, listed, type Requests, requestsOn, shuffled } from './requests.js';

/** The requests of a minute, by request; undefined where one did not come to it. */
export interface RequestsOfMinute extends Durations {
  /** Index into `ROUTES`. */
  readonly route: readonly number[];
  /** Microseconds from the start of the minute. */
  readonly start: readonly number[];
  /** Documents that the search returned. */
  readonly documents: readonly (number | undefined)[];
  readonly readUnits: readonly number[];
  readonly writeUnits: readonly number[];
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
}

/** A minute's tallies, taken apart into its requests: these add up to those again. */
export function requestsOfMinute(world: World, minute: number, draw: Draw): RequestsOfMinute {
  const { flow } = world.minute(minute);
  const requests = listed(flow.routes);
  const amounts = shareAmounts(flow.amounts, requests, draw);
  return {
    route: requests.route,
    start: startTimes(world, minute, requests, draw),
    documents: documentsFound(world, minute, requests, draw),
    ...amounts,
    ...durationsOf({ world, minute, requests, draw }, amounts.outputTokens),
  };
}

/** What each amount of the flow is to a request. */
const SHARES = AMOUNTS.map(({ name }) => {
  if (name.startsWith('input/')) return 'inputTokens';
  if (name.startsWith('output/')) return 'outputTokens';
  return name === 'units/put' ? 'writeUnits' : 'readUnits';
});

/** Tokens and units: one request after the other takes its share of what is left, by its law. */
function shareAmounts(totals: readonly number[], requests: Requests, draw: Draw) {
  const none = () => requests.route.map(() => 0);
  const shares = {
    inputTokens: none(),
    outputTokens: none(),
    readUnits: none(),
    writeUnits: none(),
  };
  AMOUNTS.forEach(({ key, law, routes }, a) => {
    const share = shares[SHARES[a]!];
    const carriers = requestsOn(requests, routes);
    const stream = draw(key);
    let left = totals[a]!;
    carriers.forEach((request, i) => {
      const here = splitAmount(stream, law, left, 1, carriers.length - i);
      share[request]! += here;
      left -= here;
    });
  });
  return shares;
}

/** The routes of each class of vectorlens' tallies; every route is in one. */
const ROUTES_OF_CLASS = vectorlensModel.shape.classes.map((name) =>
  ROUTES.flatMap(({ endpoint, end, semantic }, route) => {
    const cached = semantic === 'hit' ? '/cached' : '';
    return `${endpoint}/${end}${cached}` === name ? [route] : [];
  }),
);

/** Any microsecond of the second in which vectorlens counts a request of this class. */
function startTimes(world: World, minute: number, requests: Requests, draw: Draw): number[] {
  const start = requests.route.map(() => 0);
  const seconds = world.seconds(vectorlensModel, minute);
  const stream = draw('start');
  ROUTES_OF_CLASS.forEach((routes, c) => {
    const here = shuffled(stream, requestsOn(requests, routes));
    let next = 0;
    seconds.forEach(({ counts }, second) => {
      for (const end = next + counts[c]!; next < end; next++) {
        start[here[next]!] = second * 1e6 + Math.floor(stream.next() * 1e6);
      }
    });
  });
  return start;
}

/** The buckets of this histogram are numbers of documents; which search found how many is open. */
function documentsFound(world: World, minute: number, requests: Requests, draw: Draw) {
  const found: (number | undefined)[] = requests.route.map(() => undefined);
  const stream = draw('documents');
  const { groups } = world.observed(docstoreModel, minute)[DOCSTORE_INDEX.documents]!;
  for (const { routes, places, counts } of groups) {
    const numbers = counts.flatMap((count, i) => Array<number>(count).fill(places.buckets[i]!));
    shuffled(stream, requestsOn(requests, routes)).forEach((request, i) => {
      found[request] = numbers[i]!;
    });
  }
  return found;
}
