import { CHATAPI_INDEX, chatapiModel } from '../../world/chatapi.js';
import { DOCSTORE_INDEX, docstoreModel } from '../../world/docstore.js';
import { MODELS } from '../../world/models.js';
import type { Observed } from '../../world/observing.js';
import { answerTimes, workTimes } from '../../world/requests.js';
import { ENDPOINTS, type Operation, ROUTES } from '../../world/routes.js';
import { DOCSTORE_TIMEOUT } from '../../world/store.js';
import type { Stream } from '../../world/stream.js';
import { VECTORLENS_INDEX, vectorlensModel } from '../../world/vectorlens.js';
import type { World } from '../../world/world.js';
import { drawn, type Followed, followedBy, settleFollowed } from './followed.js';
import { type Draw, type Requests, requestsOn } from './requests.js';
import { allot, drawTimes, narrow, pair, settle, type Time, timeAt } from './times.js';

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

/** By request, a time that its whole follows. */
type Steps = readonly (Followed | undefined)[];

export function durationsOf(deal: Deal, outputTokens: readonly number[]): Durations {
  const calls = llmCalls(deal, outputTokens);
  const searches = foundDocuments(deal);
  const docstoreTime = docstoreTimes(deal, calls, searches);
  return {
    duration: wholeTimes(deal, calls, searches, docstoreTime),
    docstoreTime,
    llmTime: calls.map((call) => call?.time.value),
  };
}

/**
 * LLM calls, each with the answer that was drawn from it. Each that succeeded is played through, to
 * its first token and then token by token: how long those would take says which of the observed
 * times is whose.
 */
function llmCalls({ world, minute, requests, draw }: Deal, tokens: readonly number[]): Steps {
  const { state } = world.minute(minute).conditions;
  const slower = state.chatapi.stretch * state.parameters['chatapi.latency'];
  const given: (Followed | undefined)[] = requests.route.map(() => undefined);
  const observed = world.observed(chatapiModel, minute);
  const answers = world.observed(vectorlensModel, minute)[VECTORLENS_INDEX.duration('answer')]!;
  const rests = answerTimes(state);
  MODELS.forEach(({ name, perToken }, model) => {
    const { groups, bounds, sum } = observed[CHATAPI_INDEX.duration(model)]!;
    const stream = draw(`llm time/${name}`);
    const played = (request: number) =>
      drawn(stream, state.firstTokens[model]!) +
      slower * tokens[request]! * drawn(stream, perToken);
    const pairs = groups.map((group) => {
      const longer = answers.groups.find(({ routes }) => routes[0] === group.routes[0])!;
      const times = drawTimes(stream, bounds, group);
      return followedBy(stream, times, longer, answers.bounds, rests);
    });
    settleFollowed(stream, pairs.flat(), sum, rests);
    groups.forEach(({ routes }, g) => {
      const calls = pairs[g]!;
      const ok = ROUTES[routes[0]!]!.llm!.outcome === 'ok';
      const key = ok ? played : () => stream.next();
      pair(requestsOn(requests, routes), key, calls, (request, call) => {
        given[request] = call;
      });
    });
  });
  return given;
}

/** The retrievals of searches, each with the search that was drawn from it. */
function foundDocuments({ world, minute, requests, draw }: Deal): Steps {
  const { state } = world.minute(minute).conditions;
  const given: (Followed | undefined)[] = requests.route.map(() => undefined);
  const observed = world.observed(vectorlensModel, minute);
  const { groups, bounds } = observed[VECTORLENS_INDEX.duration('search')]!;
  const longer = groups.find(({ follows }) => follows)!;
  const retrievals = observed[VECTORLENS_INDEX.retrieval]!.parts![0]!;
  const stream = draw('docstore time/searches');
  const times = drawTimes(stream, retrievals.bounds, retrievals.groups[0]!);
  const rests = workTimes('search', state);
  const found = followedBy(stream, times, longer, bounds, rests);
  settleFollowed(stream, found, retrievals.sum, rests);
  const key = () => stream.next();
  pair(requestsOn(requests, longer.routes), key, found, (request, search) => {
    given[request] = search;
  });
  return given;
}

/**
 * docstore calls: of searches and answers the whole retrieval, as vectorlens measures it; of
 * ingests the write. Where a call failed, all up to that failure. An answer's retrieval is any that
 * leaves vectorlens time of its own besides it and the LLM call.
 */
function docstoreTimes({ world, minute, requests, draw }: Deal, calls: Steps, searches: Steps) {
  const given: Given = searches.map((search) => search?.time);
  const { operations, own } = world.minute(minute).conditions.state;
  const retrievals = world.observed(vectorlensModel, minute)[VECTORLENS_INDEX.retrieval]!
    .parts![1]!;
  const [answers] = retrievals.groups as [Observed];
  const stream = draw('docstore time/answers');
  const times = drawTimes(stream, retrievals.bounds, answers).flat();
  settle(times, retrievals.sum);
  // Hardly any request takes vectorlens less.
  const quick = Math.exp(own.mu - 3 * own.sigma) * 1e6;
  const rooms = requestsOn(requests, answers.routes).map((request) => ({
    request,
    value: roomOf(calls[request]!) - quick,
  }));
  const need = (t: number) => times[t]!.value;
  allot(stream, [...times.keys()], need, rooms, (t, { request }) => {
    given[request] = times[t]!;
  });

  const writes = world.observed(docstoreModel, minute)[DOCSTORE_INDEX.duration('put')]!;
  const written = draw('docstore time/put');
  const open = writes.groups.flatMap((group) =>
    deal(writes.bounds, group, written, requests, () => written.next(), given),
  );
  settle(open, writes.sum);

  const before = new Map<number, number>();
  const observed = world.observed(docstoreModel, minute);
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

/** How much time there is besides a step: of what follows it, or what is left in its bucket. */
function roomOf({ time, ends: [, most], rest }: Followed): number {
  return Math.min(rest, most - time.value);
}

/**
 * Whole requests. A search lasts as long as its retrieval and a rest, an answer that called an LLM
 * as long as that and docstore took, and a rest. The others that waited last longer than they
 * waited wherever the counted times allow that: their times are drawn apart from docstore's.
 */
function wholeTimes(
  { world, minute, requests, draw }: Deal,
  calls: Steps,
  searches: Steps,
  docstoreTime: readonly (number | undefined)[],
) {
  const given: Given = requests.route.map(() => undefined);
  const observed = world.observed(vectorlensModel, minute);
  for (const endpoint of ENDPOINTS) {
    const { groups, bounds, sum } = observed[VECTORLENS_INDEX.duration(endpoint)]!;
    const stream = draw(`duration/${endpoint}`);
    const below = (request: number) =>
      (calls[request]?.time.value ?? 0) + (docstoreTime[request] ?? 0);
    const times = groups.flatMap((group) => {
      if (group.follows || waits(group)) return [];
      return deal(bounds, group, stream, requests, () => stream.next(), given);
    });
    const waiting = groups.filter((group) => !group.follows && waits(group));
    const waited = waiting.flatMap(({ routes }) => requestsOn(requests, routes));
    const open = waiting.flatMap((group) => drawTimes(stream, bounds, group).flat());
    allot(
      stream,
      waited,
      (request) => below(request) + 1,
      open,
      (request, time) => {
        narrow(time, below(request) + 1, time.most);
        given[request] = time;
      },
    );
    const longer = groups
      .flatMap(({ routes, follows }) => (follows ? requestsOn(requests, routes) : []))
      .map((request) => {
        const step = (calls[request] ?? searches[request])!;
        const start = step.time.value;
        const [low, high] = [below(request) + 1, start + 2 * step.rest];
        const time = timeAt(step.ends, low, Math.floor(high), start + step.rest);
        given[request] = time;
        return time;
      });
    settle([...times, ...open, ...longer], sum);
  }
  return given.map((time) => time!.value);
}

/** Whether requests of this group waited for docstore. */
function waits({ routes }: Observed): boolean {
  return ROUTES[routes[0]!]!.calls.length > 0;
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
