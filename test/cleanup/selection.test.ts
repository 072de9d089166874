import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from '../../src/cleanup/pattern.js';
import { selectionOf } from '../../src/cleanup/selection.js';
import { parseSelector } from '../../src/cleanup/selector.js';
import { UsageError } from '../../src/errors.js';

const key = (job: string, labels: Record<string, string> = {}) => ({ job, labels });
const matches = (text: string, job: string, labels: Record<string, string> = {}) =>
  parseSelector('--match', text)(key(job, labels));

describe('a selector', () => {
  test.each<[string, string, Record<string, string>, boolean]>([
    ['{job="chatapi"}', 'chatapi', {}, true],
    ['{job="chatapi"}', 'chatapi2', {}, false],
    [' { job = "chatapi" , } ', 'chatapi', { x: 'y' }, true],
    ['{job=~"chat.*",cluster="dev"}', 'chatapi', { cluster: 'dev' }, true],
    ['{job=~"chat.*",cluster="dev"}', 'chatapi', { cluster: 'prod' }, false],
    ['{job=~"chat.*",cluster="dev"}', 'chatapi', {}, false],
    // Anchored at both ends, whatever the alternatives.
    ['{job=~"chat|api"}', 'chatapi', {}, false],
    ['{job=~"chat"}', 'chatapi', {}, false],
    ['{job=~"a.b"}', 'a\nb', {}, true],
    ['{job!~"chat.*",job!=""}', 'docstore', {}, true],
    ['{job!~"chat.*",job!=""}', 'chatapi', {}, false],
    // A label that is not there is empty.
    ['{job="a",instance=""}', 'a', {}, true],
    ['{job="a",instance=""}', 'a', { instance: '' }, true],
    ['{job="a",instance!="x"}', 'a', {}, true],
    ['{job="a",toString=""}', 'a', {}, true],
    ['{zone!=""}', 'a', {}, false],
    // Strings as in Go.
    ['{job="a\\"b\\\\\\n\\u00fc\\x41\\101\\U0001F600"}', 'a"b\\\nüAA😀', {}, true],
    ["{job='a\"b'}", 'a"b', {}, true],
    ['{job=`a\\n`}', 'a\\n', {}, true],
    ['{job="a,b}",x="="}', 'a,b}', { x: '=' }, true],
    ['{job="/"}', '/', {}, true],
    // RE2, of which JavaScript knows only a part.
    ['{job=~"(?i)CHAT(?P<rest>api)"}', 'chatapi', {}, true],
    ['{job=~"[[:alpha:]]+"}', 'chatapi', {}, true],
    ['{job=~"\\\\Qa.b\\\\E"}', 'a.b', {}, true],
    ['{job=~"."}', '😀', {}, true],
  ])('%s of %j %j: %s', (text, job, labels, expected) => {
    expect(matches(text, job, labels)).toBe(expected);
  });

  test.each([
    ['', 'is no selector'],
    ['job="a"', 'is no selector'],
    ['{job="a"', 'is no selector'],
    ['{job}', 'cannot read "job"'],
    ['{job="a" x="b"}', 'cannot read'],
    ['{job="a",,}', 'cannot read ","'],
    ['{job=a}', 'cannot read "job=a"'],
    ['{9a="b"}', 'cannot read'],
    ['{job=="a"}', 'cannot read'],
    ['up{job="a"}', 'names a metric'],
    ['{__name__="up"}', 'names a metric'],
    ['{}', 'needs a matcher that does not match the empty value'],
    ['{job=~".*"}', 'needs a matcher'],
    ['{instance=""}', 'needs a matcher'],
    ['{x!="y"}', 'needs a matcher'],
    ['{job="\\q"}', 'has an unknown escape'],
    ['{job="\\xff"}', 'has an unknown escape'],
    ['{job="\\ud800"}', 'has an unknown escape'],
    ['{job="\\u12g4"}', 'has an unknown escape'],
    ['{job=~"("}', 'is no regular expression: missing closing )'],
    ['{job=~"(?=a)"}', 'is no regular expression'],
    ['{job=~"(a)\\\\1"}', 'is no regular expression: invalid escape sequence'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseSelector('--match', text)).toThrow(UsageError);
    expect(() => parseSelector('--match', text)).toThrow(message);
  });

  test('no expression takes more than a moment', () => {
    const started = performance.now();
    expect(matches('{job=~"(a+)+(a|aa)+$"}', `${'a'.repeat(10_000)}b`)).toBe(false);
    expect(matches('{job=~"(.*a){20}b"}', 'a'.repeat(10_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('a glob', () => {
  test.each<[string, string, boolean]>([
    ['chat*', 'chatapi', true],
    ['chat*', 'chat', true],
    ['chat*', 'a chat', false],
    ['*', '', true],
    ['*', 'a/b\nc', true],
    ['a?c', 'a😀c', true],
    ['a?c', 'ac', false],
    ['[ab]x', 'bx', true],
    ['[!ab]x', 'bx', false],
    ['[^ab]x', 'cx', true],
    ['[a-c]', 'b', true],
    ['[]]', ']', true],
    ['[a^]', '^', true],
    ['[[]', '[', true],
    ['[\\]', '\\', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['{a,b}', 'a', false],
    ['{a,b}', '{a,b}', true],
    ['a.c|d+$(x)', 'a.c|d+$(x)', true],
    ['a.c', 'abc', false],
  ])('%j of %j: %s', (glob, text, expected) => {
    expect(compileGlob('--job', glob)(text)).toBe(expected);
  });

  test.each([
    ['', '--job must not be empty'],
    ['a[b', 'ends inside ['],
    ['a\\', 'ends inside \\'],
    ['a[]', 'empty []'],
    ['[!]', 'empty []'],
    ['[z-a]', 'invalid character class range'],
  ])('%j is refused: %s', (glob, message) => {
    expect(() => compileGlob('--job', glob)).toThrow(UsageError);
    expect(() => compileGlob('--job', glob)).toThrow(message);
  });

  test('property: a text whose every special character is escaped matches itself alone', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const glob = compileGlob('--job', one.replace(/[*?[\\]/g, '\\$&'));
        expect([glob(one), glob(other)]).toEqual([true, one === other]);
      }),
    );
  });
});

test('each list narrows, each member of a list widens', () => {
  const both = selectionOf({ job: ['a*', 'b*'], match: ['{x="1"}', '{x="2"}'] });
  expect(both(key('abc', { x: '1' }))).toBe(true);
  expect(both(key('b', { x: '2' }))).toBe(true);
  expect(both(key('c', { x: '1' }))).toBe(false);
  expect(both(key('a', { x: '3' }))).toBe(false);
  expect(selectionOf({})(key('anything'))).toBe(true);
});
