import { MODELS } from '../../world/models.js';
import { type DayPrices, PICODOLLARS } from '../../world/prices.js';
import { type Endpoint, type Operation, ROUTES } from '../../world/routes.js';
import { dayKeys, Stream } from '../../world/stream.js';
import { dayOfMinute, MINUTE } from '../../world/time.js';
import type { World } from '../../world/world.js';
import { type RequestsOfMinute, requestsOfMinute } from './minute.js';
import { drawsOf } from './requests.js';

/**
 * One user request, with what it did below. A field is null where the request did not come to it:
 * a cached answer asks neither the store nor an LLM. Times are RFC 3339 to the microsecond, UTC.
 */
export interface RequestEvent {
  /** A UUID (version 7): unique, in the order of the events, the same for the same seed. */
  readonly event_id: string;
  readonly org: string;
  readonly api_endpoint: Endpoint;
  /** The last operation that it asked of docstore: `get` comes after a `search` that succeeded. */
  readonly operation_type: Operation | null;
  readonly event_trigger_time: string;
  readonly event_completion_time: string;
  /** Milliseconds, to the microsecond. */
  readonly docstore_elapsed_time_ms: number | null;
  readonly docstore_num_docs_returned: number | null;
  /** US dollars for units read and written; storage is billed by time, and no request's. */
  readonly docstore_usage_cost: number | null;
  readonly llm_elapsed_time_ms: number | null;
  readonly llm_provider: string | null;
  readonly llm_model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly total_tokens: number | null;
  /** US dollars. */
  readonly llm_usage_cost: number | null;
  readonly status: 'success' | 'error';
}

/** Who sends requests by default: the first the most, the second half of that, then a third, … */
export const ORGANISATIONS: readonly string[] = ['acme', 'globex', 'initech', 'hooli', 'umbrella'];

export interface EventOptions {
  readonly organisations?: readonly string[];
}

/**
 * The user requests of the minutes `from` up to, not including, `to` (since the epoch), in the order
 * in which they arrived. Those of a minute add up to its tallies: requests, operations and calls by
 * outcome, tokens, units and documents exactly, money to the picodollar; the histograms of
 * requests, retrievals, writes and LLM calls have the same buckets and the same sum. Requests by
 * endpoint and outcome agree by the second. Holds one minute at a time.
 *
 * A request that succeeded lasts longer than its LLM call and docstore took, but for a few in a
 * million: answers, most of them with a call that ended within milliseconds of a bucket of answers
 * because the sum of its model's few calls in the minute says so. While docstore takes seconds the
 * retrievals of a minute of few requests may not fit its answers; all but one answer in two hundred
 * then still last as long as their LLM call.
 */
export function* requestEvents(
  world: World,
  from: number,
  to: number,
  { organisations = ORGANISATIONS }: EventOptions = {},
): Generator<RequestEvent> {
  const stream = new Stream();
  const keys = dayKeys(world.options.seed, 'events', 'minute');
  const chooseOrganisation = ranked(organisations);
  for (let minute = from; minute < to; minute++) {
    const day = dayOfMinute(minute);
    const draw = drawsOf(stream, keys(day), minute);
    const requests = requestsOfMinute(world, minute, draw);
    const { start, route } = requests;
    const order = route.map((_, request) => request);
    order.sort((a, b) => start[a]! - start[b]! || a - b);
    const prices = costsOn(world.prices(day));
    const stamps = draw('event');
    for (const [place, request] of order.entries()) {
      const org = chooseOrganisation(stamps.next());
      const id = eventId(minute * MINUTE * 1e6 + start[request]!, place, stamps.next());
      yield eventOf(requests, request, minute, prices, id, org);
    }
  }
}

function eventOf(
  requests: RequestsOfMinute,
  request: number,
  minute: number,
  prices: Costs,
  event_id: string,
  org: string,
): RequestEvent {
  const { endpoint, end, calls, llm } = ROUTES[requests.route[request]!]!;
  const trigger = minute * MINUTE * 1e6 + requests.start[request]!;
  const model = llm && MODELS[llm.model]!.name;
  const price = model === undefined ? undefined : prices.models[model]!;
  const input = requests.inputTokens[request]!;
  const output = requests.outputTokens[request]!;
  const units =
    requests.readUnits[request]! * prices.read + requests.writeUnits[request]! * prices.write;
  return {
    event_id,
    org,
    api_endpoint: endpoint,
    operation_type: calls.at(-1)?.operation ?? null,
    event_trigger_time: timestamp(trigger),
    event_completion_time: timestamp(trigger + requests.duration[request]!),
    docstore_elapsed_time_ms: milliseconds(requests.docstoreTime[request]),
    docstore_num_docs_returned: requests.documents[request] ?? null,
    docstore_usage_cost: calls.length > 0 ? units / PICODOLLARS : null,
    llm_elapsed_time_ms: milliseconds(requests.llmTime[request]),
    llm_provider: model === undefined ? null : providerOf(model),
    llm_model: model ?? null,
    input_tokens: price ? input : null,
    output_tokens: price ? output : null,
    total_tokens: price ? input + output : null,
    llm_usage_cost: price ? (input * price.input + output * price.output) / PICODOLLARS : null,
    status: end === 'ok' ? 'success' : 'error',
  };
}

/** Picodollars per token and per unit, as numbers: one request costs far less than 2^53 of them. */
interface Costs {
  readonly models: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  readonly read: number;
  readonly write: number;
}

function costsOn({ models, read, write }: DayPrices): Costs {
  return {
    models: Object.fromEntries(
      Object.entries(models).map(([model, { input, output }]) => [
        model,
        { input: Number(input), output: Number(output) },
      ]),
    ),
    read: Number(read),
    write: Number(write),
  };
}

/** Who serves a model, by the family in its name. */
const PROVIDERS: Readonly<Record<string, string>> = { gpt: 'openai', claude: 'anthropic' };

function providerOf(model: string): string {
  return PROVIDERS[model.split('-')[0]!] ?? 'other';
}

function milliseconds(microseconds: number | undefined): number | null {
  return microseconds === undefined ? null : microseconds / 1000;
}

/** Microseconds since the epoch as RFC 3339. */
function timestamp(microseconds: number): string {
  const rest = microseconds % 1000;
  const instant = new Date((microseconds - rest) / 1000).toISOString();
  return `${instant.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}

/**
 * A UUID of version 7 (RFC 9562): the milliseconds, then their microseconds, then the event's place
 * in its minute, which makes it unique, then 32 random bits that tell worlds apart.
 */
function eventId(microseconds: number, place: number, random: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const rest = microseconds % 1000;
  const time = hex((microseconds - rest) / 1000, 12);
  const variant = hex(0x8000 + Math.floor(place / 65_536), 4);
  const tail = hex(place % 65_536, 4) + hex(Math.floor(random * 4_294_967_296), 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(rest, 3)}-${variant}-${tail}`;
}

/** Picks a name by a number in (0, 1): the k-th with a weight of 1/k (Zipf's law). */
function ranked(names: readonly string[]): (uniform: number) => string {
  const total = names.reduce((sum, _, k) => sum + 1 / (k + 1), 0);
  let below = 0;
  const ends = names.map((_, k) => {
    below += 1 / (k + 1) / total;
    return below;
  });
  return (uniform) => names[ends.findIndex((end) => uniform <= end)] ?? names.at(-1)!;
}
