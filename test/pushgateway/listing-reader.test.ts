import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedListing } from '../../src/pushgateway/cutter.js';
import type { Listing, Take } from '../../src/pushgateway/listing.js';
import { createListingReader } from '../../src/pushgateway/listing-reader.js';
import { parseListing } from '../support/listing.js';

const number = fc.constantFrom('0', '1.5', '1e+06', '+Inf', 'NaN', '9007199254740993');
const labels = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.string(), {
  maxKeys: 3,
});
const metric = fc.oneof(
  fc.record({ labels, value: number }),
  fc.record({ labels, count: number, sum: number, buckets: fc.constant({ '+Inf': '1' }) }),
);
const family = fc.record(
  {
    time_stamp: fc.constant('2026-01-01T00:00:00Z'),
    type: fc.constantFrom('GAUGE', 'HISTOGRAM'),
    help: fc.string({ unit: 'grapheme' }),
    metrics: fc.array(metric, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['type', 'metrics'] },
);
const time = fc.record({
  type: fc.constant('GAUGE'),
  metrics: fc.tuple(fc.record({ labels, value: number })),
});
const NAMES = ['a', 'b_total', 'ragmon_run_info', 'é"\\', 'last_push_successful', 'labels', 'x\n'];
const group = fc
  .record({
    own: fc.record({
      labels: labels.map((all) => ({ ...all, job: 'j' })),
      last_push_successful: fc.boolean(),
      push_time_seconds: time,
      push_failure_time_seconds: time,
    }),
    families: fc.dictionary(fc.constantFrom(...NAMES), family),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ own, families, order }) => {
    const members = Object.entries({ ...own, ...families });
    const places = new Map(members.map(([name]) => [name, order.next().value ?? 0]));
    return Object.fromEntries(
      members.sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
    );
  });

function readIn<T>(bytes: Buffer, size: number, take: Take<T>): Listing<T> {
  const reader = createListingReader(take);
  for (let i = 0; i < bytes.length; i += size) reader.write(bytes.subarray(i, i + size));
  return reader.end(undefined);
}

test('some families are those of the whole group, in any order, in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(group, { maxLength: 5 }),
      fc.constantFrom(undefined, 2),
      fc.subarray(NAMES),
      fc.integer({ min: 1, max: 3000 }),
      (data, space, names, size) => {
        const json = JSON.stringify({ status: 'success', data }, null, space);
        const { groups, unreadable } = parseListing(json);
        const restricted = groups.map((one) => ({
          ...one,
          families: new Map([...one.families].filter(([name]) => names.includes(name))),
        }));
        const some = readIn(Buffer.from(json), size, (_, read) => read(names));
        expect(some).toEqual({ groups: restricted, unreadable, serverTime: undefined });
        const keys = readIn(Buffer.from(json), size, (key) => key);
        expect(keys.groups).toEqual(groups.map(({ key }) => key));
      },
    ),
    { numRuns: 300 },
  );
});

test('the fields of an answer may come in another order', () => {
  const time = { type: 'GAUGE', metrics: [{ labels: {}, value: '3' }] };
  const data = [
    { labels: { job: 'é' }, push_time_seconds: time, push_failure_time_seconds: time },
    { labels: {} },
  ];
  const other = Buffer.from(JSON.stringify({ data, more: 1, status: 'success' }));
  for (const size of [1, 7, 1e6]) {
    const { groups, unreadable } = readIn(other, size, (_, read) => read());
    expect(groups).toEqual([
      { key: { job: 'é', labels: {} }, pushTime: 3, failureTime: 3, families: new Map() },
    ]);
    expect(unreadable).toHaveLength(1);
  }
});

describe('what is wrong is known at once', () => {
  test.each([
    ['<html>', 'not JSON: <html>'],
    [' \n.', 'not JSON:  \n.'],
    ['{"status":"success","data":[{"a":oops', 'not JSON after 0 groups: oops'],
  ])('%j', (text, message) => {
    const reader = createListingReader(() => undefined);
    expect(reader.write(Buffer.from(text))).toBe(false);
    expect(() => reader.end(undefined)).toThrow(new MalformedListing(message));
  });

  test('a long answer of another form', () => {
    const reader = createListingReader(() => undefined);
    expect(reader.write(Buffer.from('{"page":"'))).toBe(true);
    const rest = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    while (reader.write(rest)) written += rest.length;
    expect(written).toBeLessThanOrEqual(1024 * 1024);
    expect(() => reader.end(undefined)).toThrow(
      new MalformedListing('the answer is not what a Pushgateway sends: it begins with {"page":"'),
    );
  });
});

test('a group can be read only while it is there', () => {
  const time = { type: 'GAUGE', metrics: [{ labels: {}, value: '3' }] };
  const one = { labels: { job: 'a' }, push_time_seconds: time, push_failure_time_seconds: time };
  const json = JSON.stringify({ status: 'success', data: [one] });
  const { groups } = readIn(Buffer.from(json), 100, (_, read) => read);
  expect(() => groups[0]?.()).toThrow('read() was called after its group had gone by');
});
