import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCutter, MalformedListing } from '../../src/pushgateway/cutter.js';

const entry = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }));
const space = fc.constantFrom(undefined, 1, '\t', '\r\n');
/** Where pieces end: shares of the whole. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

function pieces(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = at.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...ends].map((from, i) => bytes.subarray(from, ends[i] ?? bytes.length));
}

/** What follows the head, put together from the members of each group. */
function entriesOf(chunks: readonly Buffer[]): unknown[] {
  const entries: unknown[] = [];
  const cutter = createCutter(({ bytes, members }) => {
    const parts: string[] = [];
    for (let i = 0; i < members.length; i += 4) {
      const name = bytes.toString('utf8', members[i], members[i + 1]);
      parts.push(`"${name}":${bytes.toString('utf8', members[i + 2], members[i + 3])}`);
    }
    const whole: unknown = JSON.parse(bytes.toString());
    expect(JSON.parse(`{${parts.join(',')}}`)).toEqual(whole);
    entries.push(whole);
  });
  // Used again at once, as a socket might: nothing may refer to it.
  for (const chunk of chunks) {
    const reused = Buffer.from(chunk);
    cutter.push(reused);
    reused.fill(0);
  }
  cutter.end();
  return entries;
}

const afterHead = (data: unknown, spaces?: number | string) =>
  `${JSON.stringify(data, null, spaces).slice(1)}}`;

test('the groups are those that JSON.parse finds, however the answer is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(entry), space, cuts, (data, spaces, at) => {
      const bytes = Buffer.from(afterHead(data, spaces));
      expect(entriesOf(pieces(bytes, at))).toEqual(JSON.parse(JSON.stringify(data)));
    }),
    { numRuns: 500 },
  );
});

test('pieces may end anywhere: in an escape, in a character, in a number', () => {
  const data = [
    { 'ä\u0007"\\': ['\ud83d\ude00', -1.5e-7, true, null, {}], '': '\u2028' },
    {},
    { a: {} },
  ];
  const text = afterHead(data).replace('ä', '\\u00e4').replace('{}', '{\n \t\r}');
  const bytes = Buffer.from(text);
  expect(entriesOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(data);
  for (let at = 0; at <= bytes.length; at++) {
    expect(entriesOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(data);
    if (at === bytes.length) continue;
    expect(() => entriesOf([bytes.subarray(0, at)])).toThrow(MalformedListing);
  }
});

test('a fault anywhere is noticed: what JSON.parse refuses is refused, and nothing else', () => {
  const faults = fc.constantFrom(
    ...['', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 'tru', 'null', ' '],
    ...['\t', '\u0000', '\u00a0', '\ufeff', 'x', '\\u12', '01', '1.', '+1', '{}', '"a":1', "'"],
  );
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 4 }),
      space,
      faults,
      fc.nat(),
      fc.nat({ max: 2 }),
      cuts,
      (data, spaces, fault, place, replaced, at) => {
        const text = afterHead(data, spaces);
        const i = place % (text.length + 1);
        const changed = text.slice(0, i) + fault + text.slice(i + replaced);
        const read = () => entriesOf(pieces(Buffer.from(changed), at));
        const expected = listed(changed);
        if (expected) expect(read()).toEqual(expected);
        else expect(read).toThrow(MalformedListing);
      },
    ),
    { numRuns: 3000 },
  );
});

/** The groups, if this follows a right head in a right answer. */
function listed(afterTheHead: string): unknown[] | undefined {
  try {
    // Half a surrogate pair does not survive UTF-8.
    const text = Buffer.from(`{"data":[${afterTheHead}`).toString();
    const { data, ...others } = JSON.parse(text) as { data: unknown[] };
    const groups = data.every((one) => /^\{/.test(JSON.stringify(one)));
    return groups && Object.keys(others).length === 0 ? data : undefined;
  } catch {
    return undefined;
  }
}

test.each([
  ['{"a":1}x]}', 'not JSON after 1 group: x]}'],
  ['{"a":1}{"b":2}]}', 'not JSON after 1 group: {"b":2}]}'],
  ['{},{"a":tru}]}', 'not JSON after 1 group: tru}]}'],
  ['{"a":.......', 'not JSON after 0 groups: .......'],
  ['{"a":"\u0001"}]}', 'not JSON after 0 groups: \u0001"}]}'],
  ['{},3]}', 'the answer is not what a Pushgateway sends at data.1: expected an object'],
  ['{},', 'the answer ends after 1 group, before its list does'],
  ['{"a":{"b":', 'the answer ends after 0 groups, before its list does'],
  ['{}]', 'the answer ends after 1 group, before its list does'],
  [`{"a":${'['.repeat(100)}`, 'a group is nested more than 64 deep'],
])('what is wrong is said: %j', (text, message) => {
  expect(() => entriesOf([Buffer.from(text)])).toThrow(new MalformedListing(message));
});

test('a group without end is not waited for', () => {
  let groups = 0;
  const cutter = createCutter(() => {
    groups += 1;
  });
  cutter.push(Buffer.from('{},{"a":"'));
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const endless = () => {
    for (let i = 0; i < 100; i++) cutter.push(chunk);
  };
  expect(endless).toThrow(new MalformedListing('group 2 of the answer is longer than 64 MB'));
  expect(groups).toBe(1);
});

test('a number without end is none, and is not read again at each chunk', () => {
  const cutter = createCutter(() => {});
  cutter.push(Buffer.from('{"status":"success","data":[{"a":1'));
  const endless = () => {
    for (let i = 0; i < 1000; i++) cutter.push(Buffer.from('1'.repeat(100)));
  };
  expect(endless).toThrow(MalformedListing);
});
