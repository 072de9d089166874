import { CHATAPI_INDEX, chatapiModel } from '../../world/chatapi.js';
import { DOCSTORE_INDEX, docstoreModel } from '../../world/docstore.js';
import type { LogNormal } from '../../world/latency.js';
import type { Observed, ServiceModel } from '../../world/model.js';
import { MODELS } from '../../world/models.js';
import { ENDPOINTS, type Operation, ROUTES } from '../../world/routes.js';
import { normal } from '../../world/samplers.js';
import { DOCSTORE_TIMEOUT } from '../../world/store.js';
import type { Stream } from '../../world/stream.js';
import { VECTORLENS_INDEX, vectorlensModel } from '../../world/vectorlens.js';
import type { World } from '../../world/world.js';
import { type Draw, type Requests, requestsOn } from './requests.js';
import { drawTimes, pair, settle, type Time } from './times.js';

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
  const llmTime = llmTimes(deal, outputTokens);
  const docstoreTime = docstoreTimes(deal);
  const below = llmTime.map((time, request) => (time ?? 0) + (docstoreTime[request] ?? 0));
  return { duration: wholeTimes(deal, below), docstoreTime, llmTime };
}

/**
 * LLM calls. Each that succeeded is played through, to its first token and then token by token: how
 * long those would take says which of the observed times is whose.
 */
function llmTimes({ world, minute, requests, draw }: Deal, tokens: readonly number[]) {
  const { state } = world.minute(minute).conditions;
  const slower = state.chatapi.stretch * state.parameters['chatapi.latency'];
  const given: Given = requests.route.map(() => undefined);
  const observed = world.observed(chatapiModel, minute);
  const { sums } = world.tally(chatapiModel, minute);
  MODELS.forEach(({ name, perToken }, model) => {
    const h = CHATAPI_INDEX.duration(model);
    const stream = draw(`llm time/${name}`);
    const played = (request: number) =>
      drawn(stream, state.firstTokens[model]!) +
      slower * tokens[request]! * drawn(stream, perToken);
    const times = observed[h]!.flatMap((group) => {
      const ok = ROUTES[group.routes[0]!]!.llm!.outcome === 'ok';
      const key = ok ? played : () => stream.next();
      return deal(chatapiModel, h, group, stream, requests, key, given);
    });
    settle(times, sums[h]!);
  });
  return given.map((time) => time?.value);
}

/**
 * docstore calls: of searches and answers the whole retrieval, as vectorlens measures it; of
 * ingests the write. Where a call failed, all up to that failure.
 */
function docstoreTimes({ world, minute, requests, draw }: Deal) {
  const given: Given = requests.route.map(() => undefined);
  const whole = (model: ServiceModel, h: number, name: string) => {
    const stream = draw(`docstore time/${name}`);
    const times = world
      .observed(model, minute)
      [h]!.flatMap((group) => deal(model, h, group, stream, requests, () => stream.next(), given));
    settle(times, world.tally(model, minute).sums[h]!);
  };
  whole(vectorlensModel, VECTORLENS_INDEX.retrieval, 'retrieval');
  whole(docstoreModel, DOCSTORE_INDEX.duration('put'), 'put');

  const before = new Map<number, number>();
  const observed = world.observed(docstoreModel, minute);
  const { operations } = world.minute(minute).conditions.state;
  for (const operation of ['search', 'get'] as const) {
    const h = DOCSTORE_INDEX.duration(operation);
    const stream = draw(`docstore time/${operation}`);
    for (const group of observed[h]!.filter((each) => failed(each, operation))) {
      deal(docstoreModel, h, group, stream, requests, () => stream.next(), given);
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
 * Whole requests. Those that waited for other services are ranked by that wait and a random rest,
 * and last as long as they waited, wherever the counted times allow that: vectorlens' times are
 * drawn apart from those below it.
 */
function wholeTimes({ world, minute, requests, draw }: Deal, below: readonly number[]) {
  const given: Given = requests.route.map(() => undefined);
  const observed = world.observed(vectorlensModel, minute);
  const { sums } = world.tally(vectorlensModel, minute);
  for (const endpoint of ENDPOINTS) {
    const h = VECTORLENS_INDEX.duration(endpoint);
    const stream = draw(`duration/${endpoint}`);
    const [alone, waiting] = [false, true].map((waits) =>
      observed[h]!.filter(({ routes }) => ROUTES[routes[0]!]!.calls.length > 0 === waits),
    ) as [Observed[], Observed[]];
    const times = alone.flatMap((group) =>
      deal(vectorlensModel, h, group, stream, requests, () => stream.next(), given),
    );
    const waited = waiting.flatMap(({ routes }) => requestsOn(requests, routes));
    const shape = vectorlensModel.shape.histograms[h]!;
    const open = waiting.flatMap((group) => drawTimes(stream, shape, group));
    const rest = waited.reduce((sum, request) => sum - below[request]!, 0);
    const spare = Math.max(0, open.reduce((sum, { value }) => sum + value, rest) / open.length);
    const key = (request: number) => below[request]! - spare * Math.log(stream.next());
    pair(waited, key, open, (request, time) => {
      time.low = Math.max(time.low, Math.min(time.high, below[request]!));
      time.value = Math.max(time.low, time.value);
      given[request] = time;
    });
    settle([...times, ...open], sums[h]!);
  }
  return given.map((time) => time!.value);
}

/** Deals one group's observed times out to its requests, ranked by `key`; gives the times back. */
function deal(
  { shape }: ServiceModel,
  histogram: number,
  group: Observed,
  stream: Stream,
  requests: Requests,
  key: (request: number) => number,
  given: Given,
): Time[] {
  const times = drawTimes(stream, shape.histograms[histogram]!, group);
  pair(requestsOn(requests, group.routes), key, times, (request, time) => {
    given[request] = time;
  });
  return times;
}

/** A log-normal number. */
function drawn(stream: Stream, { mu, sigma }: LogNormal): number {
  return Math.exp(mu + sigma * normal(stream));
}
