import { CHATAPI_INDEX, chatapiModel } from '../../world/chatapi.js';
import { DOCSTORE_INDEX, docstoreModel } from '../../world/docstore.js';
import type { LogNormal } from '../../world/latency.js';
import type { ServiceModel } from '../../world/model.js';
import { MODELS } from '../../world/models.js';
import type { Observed } from '../../world/observing.js';
import { ENDPOINTS, type Operation, ROUTES } from '../../world/routes.js';
import { normal } from '../../world/samplers.js';
import { DOCSTORE_TIMEOUT } from '../../world/store.js';
import type { Stream } from '../../world/stream.js';
import { VECTORLENS_INDEX, vectorlensModel } from '../../world/vectorlens.js';
import type { World } from '../../world/world.js';
import { type Draw, type Requests, requestsOn } from './requests.js';
import { drawTimes, evenly, narrow, pair, settle, type Time, timeIn } from './times.js';

// Each histogram of times in a minute's tallies is dealt out to the requests that it counts: its
// buckets as they are, its sum to the microsecond.

/** By request, in microseconds; undefined where a request did not come to it. */
export interface Durations {
  readonly duration: readonly number[];
  readonly docstoreTime: readonly (number | undefined)[];
  readonly llmTime: readonly (number | undefined)[];
}

/** What the durations of one minute are dealt out from. */
interface Deal {
  readonly world: World;
  readonly minute: number;
  readonly requests: Requests;
  readonly draw: Draw;
}

/** The times of one service's requests, as far as they are given. */
type Given = (Time | undefined)[];

export function durationsOf(deal: Deal, outputTokens: readonly number[]): Durations {
  const calls = llmCalls(deal, outputTokens);
  const docstoreTime = docstoreTimes(deal, calls);
  return {
    duration: wholeTimes(deal, calls, docstoreTime),
    docstoreTime,
    llmTime: calls.map((call) => call?.time.value),
  };
}

/** An LLM call, with the bucket of the answer that it was made for and what else that took. */
interface Call {
  readonly time: Time;
  /** Its time before the calls were settled on their sum. */
  readonly value: number;
  readonly bucket: number;
  readonly rest: number;
}

/**
 * LLM calls, each with the answer that was drawn from it: of the calls in one place the longer ones
 * for the longer answers, and all of them so short that the rest of the answer has room after them.
 * Each that succeeded is played through, to its first token and then token by token: how long those
 * would take says which of the observed times is whose.
 */
function llmCalls({ world, minute, requests, draw }: Deal, tokens: readonly number[]) {
  const { state } = world.minute(minute).conditions;
  const slower = state.chatapi.stretch * state.parameters['chatapi.latency'];
  const given: (Call | undefined)[] = requests.route.map(() => undefined);
  const observed = world.observed(chatapiModel, minute);
  const answers = world.observed(vectorlensModel, minute)[VECTORLENS_INDEX.duration('answer')]!;
  MODELS.forEach(({ name, perToken }, model) => {
    const { groups, bounds, sum } = observed[CHATAPI_INDEX.duration(model)]!;
    const stream = draw(`llm time/${name}`);
    const played = (request: number) =>
      drawn(stream, state.firstTokens[model]!) +
      slower * tokens[request]! * drawn(stream, perToken);
    const times = groups.flatMap((group) => {
      const [route] = group.routes;
      const longer = answers.groups.find(({ routes }) => routes[0] === route)!;
      const calls = callsOf(stream, drawTimes(stream, bounds, group), longer, answers.bounds);
      const ok = ROUTES[route!]!.llm!.outcome === 'ok';
      const key = ok ? played : () => stream.next();
      pair(requestsOn(requests, group.routes), key, calls, (request, call) => {
        given[request] = call;
      });
      return calls.map(({ time }) => time);
    });
    settle(times, sum);
  });
  return given;
}

/** The calls of one group, by the times of each place, with their answers. */
function callsOf(
  stream: Stream,
  times: readonly Time[][],
  { places: { buckets, variances }, counts, follows }: Observed,
  bounds: readonly number[],
): Call[] {
  for (const each of times) each.sort((a, b) => a.value - b.value);
  const next = times.map(() => 0);
  return counts.flatMap((count, i) => {
    const place = follows!.places[i]!;
    const rest = follows!.rests[i]!;
    const bucket = buckets[i]!;
    const [least, most] = [bounds[bucket - 1] ?? 0, bounds[bucket]!];
    return Array.from({ length: count }, () => {
      const time = times[place]![next[place]!]!;
      next[place]! += 1;
      narrow(time, Math.ceil(least - rest), Math.floor(most - rest));
      const own = Math.max(0, evenly(stream, rest, variances[i]!));
      return { time, value: time.value, bucket, rest: own };
    });
  });
}

/**
 * docstore calls: of searches and answers the whole retrieval, as vectorlens measures it; of
 * ingests the write. Where a call failed, all up to that failure. Of answers those that have more
 * time besides their LLM call had the longer retrievals, but for a random part of it.
 */
function docstoreTimes(
  { world, minute, requests, draw }: Deal,
  calls: readonly (Call | undefined)[],
) {
  const given: Given = requests.route.map(() => undefined);
  const rests = calls.flatMap((call) => (call ? [call.rest] : []));
  const whole = (model: ServiceModel, h: number, name: string) => {
    const stream = draw(`docstore time/${name}`);
    const { groups, bounds, sum } = world.observed(model, minute)[h]!;
    const times = groups.map((group) => drawTimes(stream, bounds, group).flat());
    const all = times.flat();
    settle(all, sum);
    const spare = Math.max(0, meanOf(rests) - meanOf(all.map(({ value }) => value)));
    const key = (request: number) => {
      const luck = stream.next();
      const call = calls[request];
      return call ? call.rest + spare * Math.log(luck) : luck;
    };
    groups.forEach(({ routes }, g) => {
      pair(requestsOn(requests, routes), key, times[g]!, (request, time) => {
        given[request] = time;
      });
    });
  };
  whole(vectorlensModel, VECTORLENS_INDEX.retrieval, 'retrieval');
  whole(docstoreModel, DOCSTORE_INDEX.duration('put'), 'put');

  const before = new Map<number, number>();
  const observed = world.observed(docstoreModel, minute);
  const { operations } = world.minute(minute).conditions.state;
  for (const operation of ['search', 'get'] as const) {
    const h = DOCSTORE_INDEX.duration(operation);
    const stream = draw(`docstore time/${operation}`);
    const { groups, bounds } = observed[h]!;
    for (const group of groups.filter((each) => failed(each, operation))) {
      deal(bounds, group, stream, requests, () => stream.next(), given);
      if (operation === 'search') continue;
      // The search before it succeeded; which of all those times was its own, no tally says.
      for (const request of requestsOn(requests, group.routes)) {
        const seconds = Math.min(DOCSTORE_TIMEOUT, drawn(stream, operations.search));
        before.set(request, Math.round(seconds * 1e6));
      }
    }
  }
  return given.map((time, request) => time && time.value + (before.get(request) ?? 0));
}

function failed({ routes }: Observed, operation: Operation): boolean {
  const call = ROUTES[routes[0]!]!.calls.find((each) => each.operation === operation);
  return call?.outcome !== 'ok';
}

/**
 * Whole requests. An answer that called an LLM lasts as long as that and docstore took, and a rest.
 * The others that waited are ranked by that wait and a random rest, and last as long as they
 * waited, wherever the counted times allow that: their times are drawn apart from docstore's.
 */
function wholeTimes(
  { world, minute, requests, draw }: Deal,
  calls: readonly (Call | undefined)[],
  docstoreTime: readonly (number | undefined)[],
) {
  const given: Given = requests.route.map(() => undefined);
  const observed = world.observed(vectorlensModel, minute);
  for (const endpoint of ENDPOINTS) {
    const { groups, bounds, sum } = observed[VECTORLENS_INDEX.duration(endpoint)]!;
    const stream = draw(`duration/${endpoint}`);
    const below = (request: number) =>
      (calls[request]?.time.value ?? 0) + (docstoreTime[request] ?? 0);
    const give = (request: number, time: Time) => {
      narrow(time, below(request), time.most);
      given[request] = time;
    };
    const [alone, waiting] = [false, true].map((waits) =>
      groups.filter(
        ({ routes, follows }) => !follows && ROUTES[routes[0]!]!.calls.length > 0 === waits,
      ),
    ) as [Observed[], Observed[]];
    const times = alone.flatMap((group) =>
      deal(bounds, group, stream, requests, () => stream.next(), given),
    );
    const waited = waiting.flatMap(({ routes }) => requestsOn(requests, routes));
    const open = waiting.flatMap((group) => drawTimes(stream, bounds, group).flat());
    const rest = waited.reduce((total, request) => total - below(request), 0);
    const spare = Math.max(0, open.reduce((total, { value }) => total + value, rest) / open.length);
    pair(waited, (request) => below(request) - spare * Math.log(stream.next()), open, give);
    const answers = groups.flatMap(({ routes, follows }) =>
      follows ? requestsOn(requests, routes) : [],
    );
    for (const request of answers) {
      const { time, bucket, rest } = calls[request]!;
      give(request, timeIn(bounds, bucket, time.value + rest));
    }
    settle([...times, ...open, ...answers.map((request) => given[request]!)], sum);
  }
  return given.map((time) => time!.value);
}

/** Deals one group's observed times out to its requests, ranked by `key`; gives the times back. */
function deal(
  bounds: readonly number[],
  group: Observed,
  stream: Stream,
  requests: Requests,
  key: (request: number) => number,
  given: Given,
): Time[] {
  const times = drawTimes(stream, bounds, group).flat();
  pair(requestsOn(requests, group.routes), key, times, (request, time) => {
    given[request] = time;
  });
  return times;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** A log-normal number. */
function drawn(stream: Stream, { mu, sigma }: LogNormal): number {
  return Math.exp(mu + sigma * normal(stream));
}
