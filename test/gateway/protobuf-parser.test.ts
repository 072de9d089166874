import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exposition } from '../../src/gateway/exposition.js';
import { groupLabels } from '../../src/gateway/grouping.js';
import { DEFAULT_LIMITS, type ParseLimits, UNLIMITED } from '../../src/gateway/limits.js';
import { isProtobuf, parseProtobuf } from '../../src/gateway/protobuf-parser.js';
import { snapshotOf } from '../../src/gateway/snapshots.js';
import { createStore, Refusal } from '../../src/gateway/store.js';
import { parseText } from '../../src/gateway/text-parser.js';
import { ProtobufError } from '../../src/gateway/wire.js';
import * as pb from './protobuf.js';

const parse = (body: Buffer, limits: Partial<ParseLimits> = {}) =>
  parseProtobuf(body.toString('latin1'), { ...UNLIMITED, ...limits });

const name = fc.constantFrom('x', 'y', 'h', 'h_sum', 'a:b', '', '1', 'x y', 'x\ny', 'ä');
const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Infinity));
const labels = fc
  .array(
    fc.tuple(
      fc.constantFrom('l', 'm', 'le', 'quantile', 'job', '__x', ''),
      fc.oneof(fc.string({ maxLength: 4 }), fc.uint8Array({ maxLength: 2 }).map(Buffer.from)),
    ),
    { maxLength: 3 },
  )
  .map((all) => all.map(([key, text]) => pb.label(key, text)));
const count = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const points = fc.array(fc.tuple(value, count), { maxLength: 3 });
const reading = fc.oneof(
  value.map(pb.gauge),
  value.map(pb.counter),
  value.map(pb.untyped),
  fc
    .tuple(count, value, points)
    .map(([n, sum, at]) => pb.histogram(n, sum, ...at.map(([le, c]) => pb.bucket(le, c)))),
  fc
    .tuple(count, value, points)
    .map(([n, sum, at]) => pb.summary(n, sum, ...at.map(([q]) => pb.quantile(q, sum)))),
);
const family = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom('x', 'y', 'h') }, name),
    fc.constantFrom('gauge', 'counter', 'untyped', 'histogram', 'summary'),
    fc.array(fc.tuple(labels, reading), { maxLength: 3 }),
    fc.string(),
  )
  .map(([id, type, metrics, help]) =>
    pb.family(
      id,
      type as 'gauge',
      pb.text(2, help),
      ...metrics.map(([all, at]) => pb.metric(...all, at)),
    ),
  );
const whole = fc.array(family, { maxLength: 3 }).map((all) => Buffer.concat(all));
const mutated = fc
  .tuple(whole, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
  .map(([body, changes]) => {
    for (const [at, byte] of changes) if (body.length > 0) body[at % body.length] = byte;
    return body;
  });
const cut = fc.tuple(whole, fc.nat()).map(([body, at]) => body.subarray(0, at % (body.length + 1)));
const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

describe('hostile bytes', () => {
  test('are refused, or stored so that the text of it can be read again', () => {
    let stored = 0;
    const check = (body: Buffer) => {
      const store = createStore(DEFAULT_LIMITS);
      try {
        store.push(groupLabels(new Map([['job', 'a']])), parse(body), true, 1000);
      } catch (error) {
        if (!(error instanceof ProtobufError) && !(error instanceof Refusal)) throw error;
        return;
      }
      const text = [...exposition(snapshotOf(store).families)].join('');
      stored++;
      const again = createStore(DEFAULT_LIMITS);
      again.push(groupLabels(new Map([['job', 'a']])), parseText(text), true, 1000);
      // Of a help's first blanks text cannot tell.
      const samples = (shown: string) => shown.replace(/^# HELP .*\n/gm, '');
      expect(samples([...exposition(snapshotOf(again).families)].join(''))).toBe(samples(text));
    };
    fc.assert(fc.property(fc.oneof(whole, mutated, mutated, cut, noise), check), {
      numRuns: 5000,
    });
    expect(stored).toBeGreaterThan(500);
  });

  test.each([
    ['a length of 2^63', Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 127])],
    ['a length of 2^64', Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 2])],
    ['a length that never ends', Buffer.alloc(100, 0x80)],
    ['a group', pb.framed(pb.text(1, 'x'), Buffer.from([(12 << 3) | 3, (12 << 3) | 4]))],
    ['a field of half a double', pb.framed(pb.text(1, 'x'), Buffer.from([9, 1, 2]))],
  ])('%s', (_, body) => {
    expect(() => parse(body)).toThrow(ProtobufError);
  });

  test('messages within messages', () => {
    let nested: Buffer = pb.gauge(1);
    for (let i = 0; i < 10_000; i++) nested = pb.message(9, nested);
    const body = pb.family('x', 'gauge', pb.metric(nested, pb.gauge(2)));
    expect(parse(body)[0]?.metrics[0]?.value).toBe(2);
  });
});

test('a family has at most so many labels', () => {
  const body = pb.family('x', 'gauge', pb.metric(...pb.labels({ a: '1', b: '2' }), pb.gauge(1)));
  expect(parse(body, { labels: 2 })).toHaveLength(1);
  expect(() => parse(body, { labels: 1 })).toThrow('more than 1 labels for metric "x"');
});

test('counts above 2^53 are rounded, and those below zero refused', () => {
  const body = pb.family('h', 'histogram', pb.metric(pb.histogram(2n ** 64n - 1n, 1)));
  expect(parse(body)[0]?.metrics[0]?.count).toBe(2 ** 64);
  const negative = pb.message(7, pb.double(4, -1));
  expect(() => parse(pb.family('h', 'histogram', pb.metric(negative)))).toThrow(
    'negative count for histogram "h"',
  );
});

test.each([
  [undefined, false],
  ['', false],
  ['application/vnd.google.protobuf', false],
  ['text/plain; proto=io.prometheus.client.MetricFamily; encoding=delimited', false],
  [pb.PROTOBUF['Content-Type'], true],
  [`${pb.PROTOBUF['Content-Type']}; escaping=underscores`, true],
])('the content type %s', (type, expected) => {
  expect(isProtobuf(type)).toBe(expected);
});

test('only so many metrics in one push', () => {
  const metric = pb.metric(pb.gauge(1));
  const family = pb.family('x', 'gauge', metric, metric, metric);
  // Families count too.
  const twice = Buffer.concat([family, family]);
  expect(() => parse(twice, { pushMetrics: 8 })).not.toThrow();
  expect(() => parse(twice, { pushMetrics: 7 })).toThrow(
    "more than this gateway's limit of 7 metrics in one push",
  );
});
