import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseQuery } from '../../src/stack/promql.js';
import { temporaryFolder } from '../support/processes.js';
import { needs } from '../support/servers.js';

/** Half a sentence of what is wrong; undefined for PromQL. */
const CASES: [query: string, problem?: string][] = [
  ['up'],
  ['sum by (job, le,) (rate(a_bucket{b="c", d=~"e|f"}[5m] offset 1h))'],
  ['a / on (b) group_left (c) d > bool 0'],
  ['max_over_time(rate(a[5m])[1h:1m])'],
  ['{__name__=~"a.*"} # a comment'],
  ["a{b='c'} unless on () vector(1)"],
  ['-(a @ end()) ^ 2'],
  ['', 'it is empty'],
  ['  ', 'it is empty'],
  ['sum(rate(a[5m])', 'it ends too early'],
  ['a +', 'it ends too early'],
  ['a{b="c"', 'it ends too early'],
  ['rate(a[5m]))', '")" is not expected at character 12'],
  ['a b', '"b" is not expected at character 3'],
  ['a{b=c}', '"c" is not expected at character 5'],
  ['sum by job (a)', '"job" is not expected at character 8'],
  ['a\n  + * b', '"*" is not expected at line 2, character 5'],
  ['rates(a[5m])', 'there is no function rates'],
  ['a{b=~"x\\\\d+|.*", c="\\t\\u0041"}'],
  ['a{b=~`\\d+`}'],
  ['a{b="\\d+"}', '"\\d+" has an escape that there is not; \\ is doubled'],
  ['a{b!~"(c"}', '"(c" is no regular expression: missing closing ): `(c`'],
  ['rate(a[$i])', '"$i" is not expected at character 8'],
];

test.each(CASES)('%j', (text, problem) => {
  expect(parseQuery(text, { variables: false })).toMatchObject({ problem, unread: false });
});

needs('promtool')('promtool', () => {
  test('refuses and takes the same', () => {
    const folder = temporaryFolder();
    const refused = CASES.map(([text], i) => {
      const file = join(folder, `${i}.yml`);
      const rules = [{ alert: 'A', expr: text }];
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules }] }));
      try {
        execFileSync('promtool', ['check', 'rules', '--lint=none', file], { stdio: 'pipe' });
        return [text, false];
      } catch {
        return [text, true];
      }
    });
    expect(refused).toEqual(CASES.map(([text, problem]) => [text, problem !== undefined]));
  });
});
