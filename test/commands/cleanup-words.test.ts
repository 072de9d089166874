import { expect, test } from 'vitest';
import { planCleanup } from '../../src/cleanup/plan.js';
import { planTable } from '../../src/commands/cleanup/words.js';
import { createPalette } from '../../src/ui/colours.js';

const NOW = 1_800_000_000;
const group = (instance: string, ago: number) => ({
  key: { job: 'chatapi', labels: { instance } },
  ...{ pushTime: NOW - ago, failureTime: 0, own: true, ended: true },
});
const rules = { olderThan: 1, anyOwner: false, finished: false, keep: 0 };
const entries = planCleanup([group('vm', 158), group('other', 0.6)], rules, NOW);
const plan = {
  ...{ entries, gateway: 'http://gw', unselected: 0, unreadable: [], now: NOW, skew: 0 },
};
const draw = (width: number) =>
  planTable(plan, { palette: createPalette(false), olderThan: '1s', whole: true, width });

test('a plan at the width of a terminal', () => {
  expect(draw(120).join('\n')).toMatchInlineSnapshot(`
    "        last push (UTC)        age  owner   why                      group
    delete  2027-01-15 07:57:22  2m38s  ragmon  stale                    {job="chatapi",instance="vm"}
    stay    2027-01-15 07:59:59     0s  ragmon  pushed less than 1s ago  {job="chatapi",instance="other"}"
  `);
  expect(draw(75).join('\n')).toMatchInlineSnapshot(`
    "          age  why                      group
    delete  2m38s  stale                    {job="chatapi",instance="vm"}
    stay       0s  pushed less than 1s ago  {job="chatapi",instance="other"}"
  `);
  expect(draw(50).join('\n')).toMatchInlineSnapshot(`
    "          age  group
    delete  2m38s  {job="chatapi",instance="vm"}
    stay       0s  {job="chatapi",instance="other"}"
  `);
});

test.each([200, 100, 80, 70, 60, 50, 40, 30])(
  '%i columns: no line is longer, no key is cut',
  (n) => {
    const lines = draw(n);
    expect(lines.join('\n')).toContain('{job="chatapi",instance="other"}');
    for (const line of lines) {
      // A key that is longer than the terminal is broken by that.
      if (!/^ {2}\{/.test(line)) expect(line.length).toBeLessThanOrEqual(n);
    }
  },
);
