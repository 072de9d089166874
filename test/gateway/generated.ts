import fc from 'fast-check';
import type { Step } from './cases.js';

// Pushes that a real client could send, over names few enough to meet and to clash.

const name = fc.constantFrom('a', 'b', 'h', 'h_count', 'h_sum', 'a_total', 's', 's_sum', 'B:b');
const labelName = fc.constantFrom('l', 'm', 'job', 'instance', 'z', 'A', 'le', 'quantile');
const labelValue = fc.oneof(
  fc.constantFrom('', 'a', 'b', '1', 'a!', 'ab', '"', '\\', '\n', 'ä', '😀', '\uffff', ' ', '+Inf'),
  // Which other characters are printable, Go and Node do not agree on.
  fc.string({ maxLength: 5, unit: 'grapheme-ascii' }),
);
const number = fc.oneof(
  fc.integer(),
  fc.double().map((x) => (Object.is(x, -0) ? 0 : x)),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e6, 1e-5, 123456789, 0.1),
);
const labels = fc.dictionary(labelName, labelValue, { maxKeys: 3, noNullPrototype: true });

const bytes = (text: string) => Buffer.from(text).toString('latin1');
const go = (x: number) => String(x).replace('Infinity', 'Inf');

function series(id: string, all: Record<string, string>): string {
  const parts = Object.entries(all).map(
    ([key, value]) =>
      `${key}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  );
  return bytes(`${id}{${parts.join(',')}}`);
}

/** After a histogram `h`, these could be its buckets and its count: MEANT, where they are no counts. */
const isCount = (id: string) => id === 'h' || id === 'h_count';
const count = (value: number) =>
  Number.isFinite(value) ? Math.trunc(Math.abs(value)) % 2 ** 53 : 0;

const simple = fc
  .tuple(
    name,
    fc.constantFrom('', 'counter', 'gauge', 'untyped'),
    fc.array(fc.tuple(labels, number), { maxLength: 4 }),
  )
  .map(([id, type, metrics]) =>
    [
      ...(type ? [`# TYPE ${id} ${type}`] : []),
      ...metrics.map(
        ([all, value]) => `${series(id, all)} ${go(isCount(id) ? count(value) : value)}`,
      ),
    ].map((line) => `${line}\n`),
  );
const composed = fc
  .tuple(
    fc.constantFrom('h', 's'),
    fc.array(
      fc.tuple(
        labels,
        number,
        fc.nat(),
        fc.array(fc.tuple(fc.double({ noNaN: true }), fc.nat()), { maxLength: 4 }),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([id, metrics]) => {
    const [type, suffix, label] =
      id === 'h' ? ['histogram', '_bucket', 'le'] : ['summary', '', 'quantile'];
    return [
      `# HELP ${id} Of ${id}.\n# TYPE ${id} ${type}\n`,
      ...metrics.flatMap(([{ le, quantile, ...all }, sum, count, points]) => [
        ...points.map(
          ([at, n]) => `${series(`${id}${suffix}`, { ...all, [label!]: go(at) })} ${n}\n`,
        ),
        `${series(`${id}_sum`, all)} ${go(sum)}\n`,
        `${series(`${id}_count`, all)} ${count}\n`,
      ]),
    ];
  });

const body = fc
  .array(fc.oneof(simple, simple, composed), { maxLength: 4 })
  .map((all) => all.flat(2).join(''));

/** Now and then a byte too few, too many, or another one. */
const damaged = fc
  .tuple(body, fc.nat(), fc.constantFrom('', '\n', ' ', '"', '{', '}', ',', '#', '\\', '1'))
  .map(([text, at, byte]) => {
    const place = text.length === 0 ? 0 : at % text.length;
    return text.slice(0, place) + byte + text.slice(place + (at % 3));
  });

const path = fc.constantFrom(
  '/metrics/job/a',
  '/metrics/job/b',
  '/metrics/job/a/l/1',
  '/metrics/job/a/l@base64/=',
  '/metrics/job/a/instance/a',
  '/metrics/job/a/l/a/z/b',
  '/metrics/job/%C3%A4%20%22',
);
export const pushes: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.constantFrom('PUT', 'POST'), path, body) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('PUT', 'POST'), path, damaged) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('DELETE'), path) },
  ),
  { minLength: 1, maxLength: 6 },
);
