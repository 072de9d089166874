// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes variables so.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/stack/promql.js';
import { fillVariables } from '../../src/stack/promql-variables.js';

test.each<[query: string, filled: string, structural?: boolean]>([
  ['up', 'up'],
  ['up{job="$job"}', 'up{job="xxxx"}'],
  ["up{job=~'${job:regex}'}", "up{job=~'xxxxxxxxxxxx'}"],
  ['up{job=~`a|[[job]]`}', 'up{job=~`a|xxxxxxx`}'],
  ['up{a="\\"$b",c="d"}', 'up{a="\\"xx",c="d"}'],
  ['rate(a[$__rate_interval])', 'rate(a[1m              ])'],
  ['rate(a[[[i]]])', 'rate(a[1m   ])'],
  ['rate(a[${__range_s}s])', 'rate(a[111111111111s])'],
  ['rate(a[5$unit])', 'rate(a[5m    ])'],
  ['max_over_time(a[$r:$s])', 'max_over_time(a[1m:1m])'],
  ['a offset $o', 'a offset 1m'],
  ['a offset -$o', 'a offset -1m'],
  ['a @ $at', 'a @ 111'],
  ['a > $limit', 'a > xxxxxx', true],
  ['topk($n, a)', 'topk(xx, a)', true],
  ['a_${kind}_total', 'a_xxxxxxx_total', true],
  ['sum by ($by, [[more:csv]]) (a)', 'sum by (xxx, xxxxxxxxxxxx) (a)', true],
  ['a{$label="x"}', 'a{xxxxxx="x"}', true],
  ['a{$more}', 'a{"xxx"}', true],
  ['a{b="c", $more, d="e"}', 'a{b="c", "xxx", d="e"}', true],
  ['a{b="c" $more}', 'a{b="c"      }', true],
  ['a # $x, "not a string\n + b', 'a # $x, "not a string\n + b'],
  ['label_replace(a, "b", "$1", "c", "(.*)")', 'label_replace(a, "b", "xx", "c", "(.*)")'],
  ['a{b=~"c$"}', 'a{b=~"c$"}'],
])('%s', (query, filled, structural = false) => {
  const { text, variables, ...rest } = fillVariables(query);
  expect(text).toBe(filled);
  expect(rest).toEqual({ structural });
  expect(parseQuery(query, { variables: true })).toMatchObject({ unread: false });
  expect(parseQuery(query, { variables: true }).problem).toBeUndefined();
  for (const { from, to } of variables) expect(query.slice(from, to)).toMatch(/^(\$|\[\[)/);
});

describe('any text', () => {
  const pieces = ['$a', '[[b]]', '${c:csv}', '"', "'", '`', '\\', '[', ']', '{', '}', '#', '\n'];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })))
    .map((parts) => parts.join(''));

  test('stays as long as it was, and is changed at variables only', () => {
    fc.assert(
      fc.property(text, (query) => {
        const filled = fillVariables(query);
        expect(filled.text).toHaveLength(query.length);
        let at = 0;
        for (const { from, to } of [...filled.variables, { from: query.length, to: 0 }]) {
          expect(filled.text.slice(at, from)).toBe(query.slice(at, from));
          at = to;
        }
      }),
    );
  });

  test('without variables is not changed', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        fc.pre(!/\$[\w{]|\[\[/.test(query));
        expect(fillVariables(query)).toEqual({ text: query, variables: [], structural: false });
      }),
    );
  });
});

test.each([
  ['sum $by (a)', true],
  ['$a $b', true],
  ['sum(rate(a[$i])', false],
])('%s: whether its variables decide what it is', (query, unread) => {
  const parsed = parseQuery(query, { variables: true });
  expect(parsed.unread).toBe(unread);
  expect(parsed.problem === undefined).toBe(unread);
});
