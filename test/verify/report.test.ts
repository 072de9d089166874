import { expect, test } from 'vitest';
import { compareGateway } from '../../src/verify/gateway.js';
import { type Part, reportJson, reportText } from '../../src/verify/report.js';
import { ledgerOf, listingOf, SERIES, stateOf } from './run.js';

const ledger = ledgerOf();
const partOf = (listing: ReturnType<typeof listingOf>): Part => ({
  against: 'gateway',
  url: 'http://gw:9091',
  findings: compareGateway(ledger, listing),
});
const good = partOf(listingOf({ runId: 'run-1', state: stateOf(120) }));
const bad = partOf(listingOf({ runId: 'run-\u001b2', state: stateOf(60) }));

test('what agrees, in a line a group', () => {
  expect(reportText(ledger, [good], { limit: 5, quiet: false })).toBe(
    `gateway http://gw:9091
  chatapi {instance="a"}: 9 series agree
run run-1 (seed 42, carry): everything agrees
`,
  );
  expect(reportText(ledger, [good], { limit: 5, quiet: true })).toBe('');
});

test('what differs, with causes, and without what a terminal would obey', () => {
  const text = `gateway http://gw:9091
  chatapi {instance="a"}, run: expected run-1, found run- 2
    cause: overwritten by another run (run_id run- 2, seed 7)
           one run at a time on a grouping key: give each its own --label, or verify sooner
  chatapi {instance="a"}: 9 of 9 series differ
    chatapi_request_total{model="x",status="error"}: expected 12, found 6
    chatapi_request_total{model="x",status="success"}: expected 108, found 54
    and 7 more
    cause: overwritten by another run (run_id run- 2, seed 7)
`;
  const end = 'run run-1 (seed 42, carry): 10 differences in 1 group\n';
  expect(reportText(ledger, [bad], { limit: 2, quiet: false })).toBe(text + end);
  expect(reportText(ledger, [bad, good], { limit: 2, quiet: true })).toBe(text + end);
  const all = reportText(ledger, [bad], { limit: Number.POSITIVE_INFINITY, quiet: false });
  expect(all.match(/expected/g)).toHaveLength(SERIES + 1);
});

test('JSON: how much was compared, and every difference', () => {
  const document = JSON.parse(reportJson('run.json', ledger, [good, bad]));
  expect(document).toMatchObject({
    ...{ format: 'ragmon-verify', version: 1, ledger: 'run.json', agrees: false },
    ...{ runId: 'run-1', seed: '42', counters: 'carry' },
  });
  const [first, second] = document.parts;
  expect(first).toEqual({
    ...{ against: 'gateway', url: 'http://gw:9091', differences: [], notes: [] },
    checks: [
      { group: 'chatapi {instance="a"}', check: 'run', compared: 1, agreed: 1 },
      { group: 'chatapi {instance="a"}', check: 'series', compared: 9, agreed: 9 },
    ],
  });
  expect(second.differences).toHaveLength(SERIES + 1);
  expect(second.differences[1]).toMatchObject({
    series: 'chatapi_request_total{model="x",status="error"}',
    ...{ expected: 12, found: 6, agrees: false },
    cause: { kind: 'overwritten' },
  });
});
