import { describe, expect, test } from 'vitest';
import { dayKey, nameKey, Stream } from '../../src/world/stream.js';
import { chiSquareZ, correlation, kolmogorov } from './statistics.js';

const PLACES = 50_000;
const MINUTE = 29_500_000;

/** The first number of each of a row of streams. */
const first = (seek: (stream: Stream, i: number) => Stream, n = PLACES): number[] => {
  const stream = new Stream();
  return Array.from({ length: n }, (_, i) => seek(stream, i).next());
};
const key = dayKey('stream', 'vectorlens', 'routes', 20_000);
const next = dayKey('stream', 'vectorlens', 'routes', 20_001);
const keys = Array.from({ length: 5000 }, (_, day) => dayKey('stream', 'docstore', 'minute', day));

/** Rows of streams that stand next to each other in one of the things that name a stream. */
const ROWS: Record<string, () => [number[], number[]]> = {
  'minute and minute + 1': () => [
    first((s, i) => s.seek(key, MINUTE + i)),
    first((s, i) => s.seek(key, MINUTE + i + 1)),
  ],
  'minute and minute + 1440': () => [
    first((s, i) => s.seek(key, MINUTE + i)),
    first((s, i) => s.seek(key, MINUTE + i + 1440)),
  ],
  'names that differ by one': () => [
    first((s, i) => s.seek(key, MINUTE + i, 7)),
    first((s, i) => s.seek(key, MINUTE + i, 8)),
  ],
  'names in a row': () => [
    first((s, i) => s.seek(key, MINUTE, i)),
    first((s, i) => s.seek(key, MINUTE, i + 1)),
  ],
  'minute and name exchanged': () => [
    first((s, i) => s.seek(key, i, 12_345)),
    first((s, i) => s.seek(key, 12_345, i)),
  ],
  'the keys of two days': () => [
    first((s, i) => s.seek(key, MINUTE + i)),
    first((s, i) => s.seek(next, MINUTE + i)),
  ],
  'keys in a row': () => [
    first((s, i) => s.seek(keys[i]!, MINUTE), keys.length - 1),
    first((s, i) => s.seek(keys[i + 1]!, MINUTE), keys.length - 1),
  ],
  'first and second number': () => [
    first((s, i) => s.seek(key, MINUTE + i)),
    first((s, i) => {
      s.seek(key, MINUTE + i).next();
      return s;
    }),
  ],
};

describe.each(Object.entries(ROWS))('%s', (_, rows) => {
  const [a, b] = rows();

  test('are uniform', () => {
    expect(kolmogorov(a, (x) => x)).toBeLessThan(1.6);
    expect(kolmogorov(b, (x) => x)).toBeLessThan(1.6);
  });

  test('are independent', () => {
    expect(Math.abs(correlation(a, b)) * Math.sqrt(a.length)).toBeLessThan(3.5);
    const cells = new Array<number>(256).fill(0);
    a.forEach((x, i) => {
      cells[Math.floor(x * 16) * 16 + Math.floor(b[i]! * 16)]! += 1;
    });
    const expected = a.length / 256;
    expect(chiSquareZ(cells.map((observed) => ({ observed, expected })))).toBeLessThan(3.5);
  });
});

test('a million places, no two alike', () => {
  const stream = new Stream();
  const seen = new Set<string>();
  const names = ['duration/search', 'duration/answer', 'retrieval', 'routes'].map(nameKey);
  for (let place = 0; place < 50_000; place++) {
    for (const name of [0, ...names]) {
      for (const at of [key, next, keys[0]!, keys[1]!]) {
        stream.seek(at, MINUTE + place, name);
        seen.add(`${stream.next()} ${stream.next()}`);
      }
    }
  }
  expect(seen.size).toBe(1_000_000);
});

test('a stream that was sought again starts again, whatever was drawn from it', () => {
  const stream = new Stream();
  const start = () => {
    stream.seek(key, 3, 4);
    return [stream.next(), stream.next(), stream.next()];
  };
  const before = start();
  for (let i = 0; i < 100; i++) stream.next();
  expect(start()).toEqual(before);
});

test('never 0 or 1, and no short cycle', { timeout: 60_000 }, () => {
  const stream = new Stream().seek(key, 5);
  const values = new Set<number>();
  for (let i = 0; i < 200_000; i++) {
    const u = stream.next();
    expect(u > 0 && u < 1).toBe(true);
    values.add(u);
  }
  // 2^32 possible values: a few pairs coincide.
  expect(values.size).toBeGreaterThan(199_980);
});

test('keys of days, purposes, services and seeds differ', () => {
  const seen = new Set<string>();
  for (const seed of ['1', '2', 'a\nb'])
    for (const service of ['docstore', 'chatapi'])
      for (const purpose of ['minute', 'seconds', 'jobs'])
        for (let day = 19_000; day < 21_000; day++)
          seen.add(dayKey(seed, service, purpose, day).join());
  expect(seen.size).toBe(3 * 2 * 3 * 2000);
});

test('names of draws have keys of their own', () => {
  expect(nameKey('')).toBe(0x811c9dc5 | 0);
  // FNV-1a's published test vectors.
  expect(nameKey('a') >>> 0).toBe(0xe40c292c);
  expect(nameKey('foobar') >>> 0).toBe(0xbf9cf968);
});
