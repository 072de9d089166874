import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RequestEvent, requestEvents } from '../../../src/history/events/events.js';
import { EVENT_FIELDS } from '../../../src/history/events/fields.js';
import { eventLine } from '../../../src/history/events/line.js';
import type { Service } from '../../../src/services/service.js';
import { MODELS } from '../../../src/world/models.js';
import type { Change } from '../../../src/world/parameters.js';
import { ENDPOINTS, OPERATIONS } from '../../../src/world/routes.js';
import { dayOf } from '../../../src/world/time.js';
import { createWorld, type World } from '../../../src/world/world.js';
import {
  bytes,
  CHATAPI,
  cases,
  DOCSTORE,
  histogram,
  incident,
  MODELS_OF_SERVICES,
  read,
  stretch,
  sum,
  VECTORLENS,
  worldOf,
} from '../../world/worlds.js';

/** Runs a check on worlds and minutes, with incidents and without, of a thousand or two requests at most. */
function everyMinute(numRuns: number, check: (world: World, minute: number) => void) {
  fc.assert(
    fc.property(cases, ({ options, minute }) => {
      const world = createWorld({ ...options, rate: Math.min(options.rate, 10) });
      fc.pre(sum(world.minute(minute).flow.routes) < 2000);
      check(world, minute);
    }),
    { numRuns },
  );
}

/** The events of a range as a reader of the file gets them. */
function eventsOf(world: World, from: number, to = from + 1): RequestEvent[] {
  return [...requestEvents(world, from, to)].map((event) => JSON.parse(eventLine(event)));
}

const tokens = (event: RequestEvent) => [
  event.input_tokens ?? 0,
  event.output_tokens ?? 0,
  event.total_tokens ?? 0,
];

/** Microseconds since the epoch. */
function instant(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26));
}

function duration(event: RequestEvent): number {
  return instant(event.event_completion_time) - instant(event.event_trigger_time);
}

/** Whether the operation that an event names last succeeded. */
const found = (event: RequestEvent) =>
  event.operation_type !== null && (event.status === 'success' || event.llm_model !== null);

const asked: Record<string, (event: RequestEvent) => boolean> = {
  search: ({ operation_type: last }) => last === 'search' || last === 'get',
  get: ({ operation_type: last }) => last === 'get',
  put: ({ operation_type: last }) => last === 'put',
};

/** Milliseconds as the whole microseconds that they are. */
const microseconds = (ms: number | null) => Math.round((ms ?? Number.NaN) * 1000);

interface Metrics {
  readonly world: World;
  readonly minute: number;
}

/** Holds values (in the histogram's units) against a histogram of a minute's metrics. */
function expectSame(
  { world, minute }: Metrics,
  service: Service,
  name: string,
  labels: Record<string, string>,
  values: readonly number[],
) {
  const total = stretch(world, service.model, minute * 60, minute * 60 + 60);
  const instrument = service.instruments.find((each) => each.name === name)!;
  if (instrument.kind !== 'histogram') throw new Error(name);
  const { histogram: h } = instrument.series.find((each) => bytes(each.labels) === bytes(labels))!;
  const { scale } = service.model.shape.histograms[h]!;
  const { bounds, buckets } = histogram(service, name, total, labels);
  const counted = buckets.map(() => 0);
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= Math.round(bound * scale));
    counted[bucket < 0 ? bounds.length : bucket]! += 1;
  }
  expect(counted, `${name} ${bytes(labels)}`).toEqual(buckets);
  expect(sum(values), `${name}_sum ${bytes(labels)}`).toBe(Number(total.sums[h]!));
}

/** Checks every sum that the events of a minute share with its metrics. */
function expectTheyAddUp(world: World, minute: number) {
  const events = eventsOf(world, minute);
  const [vectorlens, docstore, chatapi] = MODELS_OF_SERVICES.map((model) =>
    stretch(world, model, minute * 60, minute * 60 + 60),
  ) as [ReturnType<typeof stretch>, ReturnType<typeof stretch>, ReturnType<typeof stretch>];
  const where = (test: (event: RequestEvent) => boolean) => events.filter(test);
  const at = { world, minute };

  for (const endpoint of ENDPOINTS) {
    const here = where((event) => event.api_endpoint === endpoint);
    for (const status of ['success', 'error'] as const) {
      expect(here.filter((event) => event.status === status)).toHaveLength(
        read(VECTORLENS, 'vectorlens_request_total', vectorlens, { endpoint, status }),
      );
    }
    const name = 'vectorlens_request_duration_seconds';
    expectSame(at, VECTORLENS, name, { endpoint }, here.map(duration));
  }
  const retrievals = where((event) => event.operation_type !== 'put' && found(event));
  const retrieved = retrievals.map((event) => microseconds(event.docstore_elapsed_time_ms));
  expectSame(at, VECTORLENS, 'vectorlens_retrieval_duration_seconds', {}, retrieved);

  for (const operation of OPERATIONS) {
    const here = where(asked[operation]!);
    const failed = here.filter((event) => event.operation_type === operation && !found(event));
    const count = (status: string) =>
      read(DOCSTORE, 'documentstore_request_total', docstore, { operation, status });
    expect([here.length - failed.length, failed.length]).toEqual([
      count('success'),
      count('error'),
    ]);
  }
  const writes = where(asked.put!).map((event) => microseconds(event.docstore_elapsed_time_ms));
  const operationTime = 'documentstore_request_duration_seconds';
  expectSame(at, DOCSTORE, operationTime, { operation: 'put' }, writes);
  const documents = events.flatMap((event) => event.docstore_num_docs_returned ?? []);
  expectSame(at, DOCSTORE, 'documentstore_docs_returned', {}, documents);

  for (const { name: model } of MODELS) {
    const calls = where((event) => event.llm_model === model);
    for (const status of ['success', 'error'] as const) {
      expect(calls.filter((event) => event.status === status)).toHaveLength(
        read(CHATAPI, 'chatapi_request_total', chatapi, { model, status }),
      );
    }
    const [input, output] = (['input', 'output'] as const).map((side) =>
      read(CHATAPI, `chatapi_tokens_${side}_total`, chatapi, { model }),
    ) as [number, number];
    const totals = [0, 1, 2].map((k) => sum(calls.map((event) => tokens(event)[k]!)));
    expect(totals).toEqual([input, output, input + output]);
    const cost = sum(calls.map((event) => event.llm_usage_cost!));
    const expected = read(CHATAPI, 'chatapi_cost_dollars_total', chatapi, { model });
    expect(Math.abs(cost - expected)).toBeLessThan(1e-9);
    const times = calls.map((event) => microseconds(event.llm_elapsed_time_ms));
    expectSame(at, CHATAPI, 'chatapi_request_duration_seconds', { model }, times);
  }
  const spent = sum(events.map((event) => event.docstore_usage_cost ?? 0));
  const used = ['read', 'write'].map((kind) =>
    read(DOCSTORE, 'documentstore_cost_dollars_total', docstore, { kind }),
  );
  expect(Math.abs(spent - sum(used))).toBeLessThan(1e-9);
}

describe("the events of a minute are that minute's metrics", () => {
  test('in any world, with incidents or without', () => {
    everyMinute(60, expectTheyAddUp);
  });

  test('with thousands of requests', () => {
    expectTheyAddUp(worldOf({ rate: 100 }), dayOf('2026-02-03') * 1440 + 700);
  });

  test('requests by endpoint and status agree by the second', () => {
    const minute = dayOf('2026-02-03') * 1440 + 700;
    const world = worldOf({ rate: 20 });
    const events = eventsOf(world, minute);
    for (let second = minute * 60; second < minute * 60 + 60; second += 7) {
      const total = stretch(world, VECTORLENS.model, second, second + 1);
      for (const endpoint of ENDPOINTS) {
        const here = events.filter(
          (event) =>
            event.api_endpoint === endpoint &&
            Math.floor(instant(event.event_trigger_time) / 1e6) === second,
        );
        expect(here).toHaveLength(
          read(VECTORLENS, 'vectorlens_request_total', total, { endpoint }),
        );
      }
    }
  });
});

describe('one event', () => {
  test('has what its request came to, and null elsewhere', () => {
    everyMinute(20, (world, minute) => {
      for (const event of eventsOf(world, minute)) {
        const store = event.operation_type !== null;
        const llm = event.llm_model !== null;
        expect([event.docstore_elapsed_time_ms, event.docstore_usage_cost].map(isSet)).toEqual([
          store,
          store,
        ]);
        expect(isSet(event.docstore_num_docs_returned)).toBe(
          event.operation_type === 'get' || (event.operation_type === 'search' && found(event)),
        );
        expect(
          [
            event.llm_elapsed_time_ms,
            event.llm_provider,
            event.input_tokens,
            event.output_tokens,
            event.total_tokens,
            event.llm_usage_cost,
          ].map(isSet),
        ).toEqual(Array(6).fill(llm));
        if (llm) expect([event.api_endpoint, event.operation_type]).toEqual(['answer', 'get']);
        if (event.status === 'error' && llm) expect(event.total_tokens).toBe(0);
        expect(duration(event)).toBeGreaterThanOrEqual(0);
        expect(Math.floor(instant(event.event_trigger_time) / 60e6)).toBe(minute);
      }
    });
  });

  test('every model has a provider', () => {
    const events = eventsOf(worldOf({ rate: 20 }), dayOf('2026-02-03') * 1440 + 700);
    const providers = new Map(events.map((event) => [event.llm_model, event.llm_provider]));
    expect(providers).toEqual(
      new Map([
        [null, null],
        ['gpt-5-mini', 'openai'],
        ['claude-haiku-4.5', 'anthropic'],
        ['claude-sonnet', 'anthropic'],
      ]),
    );
  });

  test('is a line with plain numbers, every field in its place', () => {
    for (const event of requestEvents(worldOf({ rate: 5 }), 29_500_000, 29_500_002)) {
      const line = eventLine(event);
      expect(Object.keys(JSON.parse(line))).toEqual(EVENT_FIELDS.map(({ name }) => name));
      expect(JSON.parse(line)).toEqual(event);
      expect(line).not.toMatch(/:-?\d[\d.]*e/i);
      expect(line.endsWith('}\n')).toBe(true);
    }
  });
});

describe('an answer lasts as long as what it waited for', () => {
  const from = dayOf('2026-03-03') * 1440 + 720;

  /** How many answers there are that called an LLM, and how many are shorter than their parts. */
  function shortIn(change: Change, rate: number, minutes: number) {
    const found = { answers: 0, short: 0, shorterThanCall: 0 };
    for (const seed of ['a', 'b', 'c']) {
      const incidents = [incident(from, from + minutes, change)];
      const world = worldOf({ seed, rate, incidents });
      for (const event of requestEvents(world, from, from + minutes)) {
        if (event.llm_model === null) continue;
        const call = microseconds(event.llm_elapsed_time_ms);
        found.answers++;
        if (duration(event) < call) found.shorterThanCall++;
        if (duration(event) < call + microseconds(event.docstore_elapsed_time_ms)) found.short++;
      }
    }
    return found;
  }

  test.each([
    { what: 'as usual, at rate 1', change: {}, rate: 1, minutes: 150 },
    { what: 'as usual, at rate 10', change: {}, rate: 10, minutes: 15 },
    { what: 'as usual, at rate 100', change: {}, rate: 100, minutes: 2 },
    {
      what: 'with server errors',
      change: { set: { 'chatapi.server_error': 0.7 } },
      rate: 1,
      minutes: 150,
    },
    {
      what: 'with a slow provider',
      change: { multiply: { 'chatapi.latency': 4 } },
      rate: 1,
      minutes: 150,
    },
    { what: 'in a surge', change: { multiply: { traffic: 1.6 } }, rate: 1, minutes: 100 },
  ])('$what: but for one in a thousand', ({ change, rate, minutes }) => {
    const { answers, short } = shortIn(change, rate, minutes);
    expect(answers).toBeGreaterThan(4000);
    expect(short / answers).toBeLessThan(0.001);
  });

  test('and as its LLM call where docstore takes seconds, but for one in two hundred', () => {
    const { answers, shorterThanCall } = shortIn({ multiply: { 'docstore.latency': 100 } }, 1, 240);
    expect(answers).toBeGreaterThan(4000);
    expect(shorterThanCall / answers).toBeLessThan(0.005);
  });
});

describe('the events of a range', () => {
  const from = dayOf('2026-02-03') * 1440 + 700;
  const lines = (seed: string, start: number, end: number) =>
    [...requestEvents(worldOf({ seed, rate: 2 }), start, end)].map(eventLine).join('');

  test('are the same bytes each time, whatever range they are asked for in', () => {
    const whole = lines('a', from, from + 90);
    expect(lines('a', from, from + 90)).toBe(whole);
    expect(lines('a', from, from + 31) + lines('a', from + 31, from + 90)).toBe(whole);
    expect(lines('b', from, from + 90)).not.toBe(whole);
  });

  test('come in order, with ids that are unique and in order too', () => {
    const events = eventsOf(worldOf({ rate: 30 }), from, from + 5);
    const ids = events.map((event) => event.event_id);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    const times = events.map((event) => event.event_trigger_time);
    for (const time of times) expect(time).toMatch(/^2026-02-03T11:[45]\d:\d\d\.\d{6}Z$/);
    expect([...times].sort()).toEqual(times);
  });

  test('are made as they are read: the first of a year comes at once', () => {
    let minutes = 0;
    const world = worldOf({ rate: 2 });
    const counted: World = {
      ...world,
      seconds: (...at) => {
        minutes++;
        return world.seconds(...at);
      },
    };
    const [first] = requestEvents(counted, from, from + 365 * 1440);
    expect(first?.event_trigger_time).toMatch(/^2026-02-03T11:40:/);
    expect(minutes).toBe(1);
  });

  test('move no draw of the world', () => {
    const [plain, read] = [worldOf({ rate: 3 }), worldOf({ rate: 3 })];
    for (const event of requestEvents(read, from, from + 5)) expect(event.org).not.toBe('');
    for (const model of MODELS_OF_SERVICES) {
      const range = [from * 60 + 30, from * 60 + 330] as const;
      expect(bytes(stretch(read, model, ...range))).toBe(bytes(stretch(plain, model, ...range)));
    }
  });

  test('long answers take longer', () => {
    const calls = eventsOf(worldOf({ rate: 30 }), from, from + 5).filter(
      (event) => event.llm_model === 'gpt-5-mini' && event.status === 'success',
    );
    const mean = (long: boolean) => {
      const here = calls.filter((event) => event.output_tokens! > 250 === long);
      return sum(here.map((event) => event.llm_elapsed_time_ms!)) / here.length;
    };
    expect(mean(true)).toBeGreaterThan(2 * mean(false));
  });

  test('organisations send as much as their place says', () => {
    const world = worldOf({ rate: 60 });
    const organisations = ['first', 'second "quoted"'];
    const events = [...requestEvents(world, from, from + 3, { organisations })];
    const share =
      events.filter((event) => event.org === 'first').length / Math.max(1, events.length);
    expect(share).toBeCloseTo(2 / 3, 1);
    expect(JSON.parse(eventLine({ ...events[0]!, org: organisations[1]! })).org).toBe(
      organisations[1],
    );
  });
});

function isSet(value: unknown): boolean {
  return value !== null;
}
