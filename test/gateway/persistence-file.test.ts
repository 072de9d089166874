import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listing } from '../../src/gateway/api.js';
import { exposition } from '../../src/gateway/exposition.js';
import type { MetricType } from '../../src/gateway/family.js';
import { groupLabels } from '../../src/gateway/grouping.js';
import { DEFAULT_LIMITS } from '../../src/gateway/limits.js';
import { groupOf, parseGroupPath } from '../../src/gateway/path.js';
import { FormatError, readStore } from '../../src/gateway/persistence-read.js';
import { HEADER, storePieces } from '../../src/gateway/persistence-write.js';
import { snapshotOf } from '../../src/gateway/snapshots.js';
import { createStore, type Store } from '../../src/gateway/store.js';
import { cleanPath, parseTarget } from '../../src/gateway/target.js';
import { parseText } from '../../src/gateway/text-parser.js';
import type { Step } from './cases.js';
import { pushes } from './generated.js';

/** All that a client can see, byte for byte. */
const seen = (store: Store) => [
  [...exposition(snapshotOf(store).families)].join(''),
  [...listing(snapshotOf(store).groups)].join(''),
];

const fileOf = (store: Store) => Buffer.concat([...storePieces(store)]).toString('latin1');

async function load(file: string, limits = DEFAULT_LIMITS, pieceSize = 1000): Promise<Store> {
  const store = createStore(limits);
  const pieces = async function* () {
    for (let at = 0; at < file.length; at += pieceSize) {
      yield Buffer.from(file.slice(at, at + pieceSize), 'latin1');
    }
  };
  await readStore(store, pieces(), limits.labels);
  return store;
}

const group = (labels: Record<string, string>) => groupLabels(new Map(Object.entries(labels)));

function play(store: Store, [method, path, body]: Step, now: number): string | undefined {
  const labels = groupOf(parseGroupPath(cleanPath(parseTarget(path)!.path))!);
  try {
    if (method === 'DELETE') store.delete(labels);
    else store.push(labels, parseText(String(body)), method === 'PUT', now);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0, 2 ** 53 + 2, 5e-324));
const count = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }), fc.constant(Number.NaN));
const text = fc
  .string({ unit: 'binary', maxLength: 6 })
  .map((s) => Buffer.from(s).toString('latin1'));
const labels = fc
  .dictionary(fc.constantFrom('l', 'm', 'instance', 'job', 'le'), text, { noNullPrototype: true })
  .map((all) => Object.entries(all));
const family = fc
  .record({
    name: fc.constantFrom('a', 'b:c', 'h', 's', '__proto__'),
    type: fc.constantFrom<MetricType>('counter', 'gauge', 'untyped', 'histogram', 'summary'),
    help: fc.option(text, { nil: undefined }),
    metrics: fc.array(
      fc.record({ labels, value: number, count, points: fc.array(fc.tuple(number, count)) }),
      {
        maxLength: 4,
      },
    ),
  })
  .map(({ metrics, ...one }) => ({
    ...one,
    metrics: metrics.map((metric) => {
      const composed = one.type === 'histogram' || one.type === 'summary';
      return {
        ...metric,
        timestamped: false,
        count: composed
          ? one.type === 'summary'
            ? Math.trunc(metric.count) || 0
            : metric.count
          : 0,
        points: composed ? metric.points.filter(([bound]) => !Number.isNaN(bound)).flat() : [],
      };
    }),
  }));
const key = fc.record(
  { job: text.filter((job) => job !== ''), instance: text, z: text },
  { requiredKeys: ['job'], noNullPrototype: true },
);
const time = fc.double({ min: 1, max: 4e12, noNaN: true });

describe('a store that was written and read', () => {
  test('shows the same bytes, whatever a push can hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(key, fc.array(family, { maxLength: 4 }), time, fc.boolean()), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 500 }),
        async (all, pieceSize) => {
          const store = createStore(DEFAULT_LIMITS);
          for (const [of, families, now, replace] of all) {
            try {
              store.push(group(of as Record<string, string>), families, replace, now);
            } catch {} // A failure has its time too.
          }
          const file = fileOf(store);
          const again = await load(file, DEFAULT_LIMITS, pieceSize);
          expect(seen(again)).toEqual(seen(store));
          expect(fileOf(again)).toBe(file);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('goes on as the one that stayed', async () => {
    await fc.assert(
      fc.asyncProperty(pushes, pushes, async (before, after) => {
        const store = createStore(DEFAULT_LIMITS);
        for (const [i, step] of before.entries()) play(store, step, 1e12 + i / 1000);
        const again = await load(fileOf(store));
        expect(seen(again)).toEqual(seen(store));
        for (const [i, step] of after.entries()) {
          expect(play(again, step, 2e12 + i)).toBe(play(store, step, 2e12 + i));
          expect(seen(again)).toEqual(seen(store));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('keeps which of several texts counts', async () => {
    const store = createStore(DEFAULT_LIMITS);
    const put = (job: string, body: string) =>
      store.push(group({ job }), parseText(body), true, 1000);
    put('a', 'x 1\n');
    put('b', '# HELP h Of b.\nh 1\n');
    put('a', '# HELP h Of a.\nh 1\n');
    expect(seen(store)[0]).toContain('# HELP h Of b.');
    expect(seen(await load(fileOf(store)))).toEqual(seen(store));
  });

  test('counts what it holds', async () => {
    const limits = { ...DEFAULT_LIMITS, series: 4 };
    const store = createStore(limits);
    store.push(group({ job: 'a' }), parseText('x 1\n'), true, 1000);
    const again = await load(fileOf(store), limits);
    for (const one of [store, again]) {
      expect(() => one.push(group({ job: 'a' }), parseText('x 1\ny 1\nz 1\n'), true, 1)).toThrow(
        'limit of 4 series',
      );
    }
  });
});

test('the file is UTF-8, a line a group', () => {
  const store = createStore(DEFAULT_LIMITS);
  const body = Buffer.from(
    '# HELP c Of c.\n# TYPE c counter\nc{l="ä"} 5\n# TYPE h histogram\nh_bucket{le="+Inf"} 2.5\nh_count 2.5\nh_sum NaN\n',
  );
  store.push(group({ job: 'a' }), parseText(body.toString('latin1')), true, 1000.001);
  const own = (name: string, what: string, value: number) =>
    `["${name}","gauge","Last Unix time when changing this group in the Pushgateway ${what}.",1000.001,[[${value}]]]`;
  expect(
    Buffer.from(fileOf(store), 'latin1').toString(),
  ).toBe(`${HEADER}{"group":["job","a"],"families":[\
["c","counter","Of c.",1000.001,[[5,"l","ä"]]],["h","histogram",null,1000.001,[[["NaN",2.5,"Infinity",2.5]]]],\
${own('push_time_seconds', 'succeeded', 1.000001)},${own('push_failure_time_seconds', 'failed', 0)}]}
{"end":1,"crc32":2429810041}
`);
});

test('it is made in pieces, however large a group is', () => {
  const store = createStore(DEFAULT_LIMITS);
  const body = Array.from({ length: 20_000 }, (_, i) => `x{l="${i}"} ${i}\n`).join('');
  store.push(group({ job: 'a' }), parseText(body), true, 1000);
  const sizes = [...storePieces(store)].map(({ length }) => length);
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
});

test('it is the store at one instant, however slowly it is read', async () => {
  const store = createStore(DEFAULT_LIMITS);
  const big = Array.from({ length: 5000 }, (_, i) => `x{l="${i}"} 1\n`).join('');
  for (const job of ['a', 'b', 'c']) store.push(group({ job }), parseText(big), true, 1000);
  const before = seen(store);
  const pieces = storePieces(store)[Symbol.iterator]();
  const read = [pieces.next().value];
  store.push(group({ job: 'a' }), parseText('y 2\n'), true, 2000);
  store.delete(group({ job: 'b' }));
  store.push(group({ job: 'd' }), parseText('y 2\n'), true, 2000);
  for (let next = pieces.next(); !next.done; next = pieces.next()) read.push(next.value);
  const file = Buffer.concat(read.map((piece) => piece!)).toString('latin1');
  expect(seen(await load(file))).toEqual(before);
});

describe('what is no such file is refused', () => {
  const store = createStore(DEFAULT_LIMITS);
  store.push(group({ job: 'a' }), parseText('x{l="1"} 1\nx{l="2"} 2\n'), true, 1000);
  store.push(
    group({ job: 'b' }),
    parseText('# TYPE s summary\ns{quantile="0.5"} 1\ns_count 3\ns_sum 4\n'),
    true,
    1000,
  );
  const whole = fileOf(store);

  test('any byte that changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 2),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const byte = String.fromCharCode((whole.charCodeAt(at) + by) % 256);
          const changed = whole.slice(0, at) + byte + whole.slice(at + 1);
          await expect(load(changed)).rejects.toThrow(FormatError);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('any end that is missing', async () => {
    for (let end = 0; end < whole.length; end++) {
      await expect(load(whole.slice(0, end))).rejects.toThrow(FormatError);
    }
  });

  const TIMES = ['push_time_seconds', 'push_failure_time_seconds']
    .map((name) => `["${name}","gauge","",1,[[0]]]`)
    .join();
  const families = (...all: string[]) =>
    `{"group":["job","a"],"families":[${[...all, TIMES].join()}]}`;
  const one = (metrics: string, type = 'gauge') => families(`["x","${type}",null,1,[${metrics}]]`);
  const END = '{"end":1,"crc32":0}';

  test.each<readonly [string, string]>([
    ['', 'it is empty'],
    ['# TYPE x gauge\nx 1\n', 'line 1: not a file of a ragmon gateway'],
    ['\x00'.repeat(5000), 'line 1: not a file of a ragmon gateway'],
    ['{"format":"ragmon-gateway","version":2}\n', 'line 1: version 2 of the format, not 1'],
    [HEADER, 'its end is missing'],
    [`${whole}${END}\n`, 'something follows the end'],
    [`${HEADER}{"end":2,"crc32":0}\n`, 'does not hold all its groups'],
    [`${HEADER}{}\n`, 'no group, and no end'],
    [`${HEADER}null\n`, 'no object'],
    [`${HEADER}${'['.repeat(50_000)}\n`, 'line 2: '],
    ...(
      [
        ['{"group":[],"families":[]}', 'a group without a job'],
        ['{"group":["job",""],"families":[]}', 'a group without a job'],
        ['{"group":["job","a","job","b"],"families":[]}', 'a label that is none'],
        ['{"group":["job","a","__x","b"],"families":[]}', 'a label that is none'],
        ['{"group":["job","a","x"],"families":[]}', 'a label that is none'],
        [`{"group":["job","\xff"],"families":[${TIMES}]}`, 'not utf8'],
        [`{"group":["job","\\u20ac"],"families":[${TIMES}]}`, 'not utf8'],
        ['{"group":["job","a"],"families":[]}', 'a group without push_time_seconds'],
        [`${families()}\n${families()}`, 'line 3: a group that was there already'],
        [families('["x","gauge",null,1,[]]', '["x","gauge",null,1,[]]'), 'the family x twice'],
        [families('7'), 'a family that is none'],
        [families('["x y","gauge",null,1,[]]'), 'a family without a name or a type'],
        [families('["x","meter",null,1,[]]'), 'a family without a name or a type'],
        [families('["x","gauge","\xff",1,[]]'), 'the family x has a help that is no text'],
        [families('["x","gauge",null,1e99,[]]'), 'the family x has no time'],
        [families('["x","gauge",null,null,[]]'), 'the family x has no time'],
        [families('["x","gauge",null,1,{}]'), 'the family x has no metrics'],
        [one('1'), 'a metric that is none'],
        [one('["1"]'), 'a value that is no number'],
        [one('[1e999]'), 'a value that is no number'],
        [one('["toString"]'), 'a value that is no number'],
        [one('[1,"l"]'), 'a label that is none'],
        [one('[1,"l","1","l","2"]'), 'the label l twice'],
        [one('[1,"__l","1"]'), 'a label with an invalid name: __l'],
        [one('[1],[1]'), 'was collected before with the same name and label values'],
        [one('[1]', 'histogram'), 'no histogram'],
        [one('[[1,2,3]]', 'histogram'), 'no histogram'],
        [
          families('["h","histogram",null,1,[[[1,2]]]]', '["h_sum","gauge",null,1,[[1]]]'),
          'collides with previously collected',
        ],
        [
          `${one('[1]')}\n${one('[1]', 'counter').replace('"a"', '"b"')}`,
          'line 3: collected metric "x" {instance="",job="b"} is not a GAUGE',
        ],
        ['{"group":["job","a"],"families":[["push_time_seconds","gauge","",1,[]]]}', 'than a time'],
        [`${one('[1]')}\n{"family":"x","groups":[1]}`, 'an order of other groups'],
        [`${one('[1]')}\n{"family":"x","groups":[0,0.5]}`, 'an order of other groups'],
        [`${one('[1]')}\n{"family":"y","groups":[0]}`, 'an order of other groups'],
      ] as const
    ).map(([lines, message]) => [`${HEADER}${lines}\n${END}\n`, message] as const),
    [`${HEADER}${one('[1]')}\n${END}\n`, 'its checksum is another'],
  ])('%#: %j', async (file, message) => {
    const failed = load(file);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(FormatError);
    await expect(failed).rejects.not.toThrow(/\p{C}/u);
  });

  test.each([
    [{ groups: 1 }, 'line 3: .* limit of 1 groups'],
    [{ series: 3 }, 'line 2: .* limit of 3 series'],
    [{ storedBytes: 100 }, 'limit of 100 bytes'],
    [{ labels: 0 }, 'limit of 0 labels'],
  ])('more than %j', async (limits, message) => {
    await expect(load(whole, { ...DEFAULT_LIMITS, ...limits })).rejects.toThrow(
      new RegExp(message),
    );
  });
});
