import { expect, test } from 'vitest';
import type { Listing } from '../../src/pushgateway/listing.js';
import { compareGateway } from '../../src/verify/gateway.js';
import { ledgerOf, listingOf, type RunOptions, SERIES, type State, stateOf } from './run.js';

const NOTHING: Listing = { groups: [], unreadable: [], serverTime: undefined };
const own = (state: State) => listingOf({ runId: 'run-1', state });

interface Case {
  name: string;
  run?: RunOptions;
  listing: Listing;
  /** Differences by check, and the causes of all of them. */
  differ: Partial<Record<string, number>>;
  causes: string[];
}

const refused = { stored: false, error: '400 from the gateway' };
const OTHER = 'overwritten by another run (run_id run-2, seed 7)';
const NOT_STORED = 'the last push was not stored: 400 from the gateway';

test.each<Case>([
  { name: 'all is as pushed', listing: own(stateOf(120)), differ: {}, causes: [] },
  {
    name: 'all is as pushed, and went on from an older run',
    run: { base: 500 },
    listing: own(stateOf(620)),
    differ: {},
    causes: [],
  },
  { name: 'deleted', listing: NOTHING, differ: { group: 1 }, causes: ['group deleted'] },
  {
    name: 'deleted by the run itself',
    run: { delivery: { cleanedUp: true } },
    listing: NOTHING,
    differ: {},
    causes: [],
  },
  {
    name: 'deleted by the run itself, then made anew by another',
    run: { delivery: { cleanedUp: true } },
    listing: listingOf({ runId: 'run-2', state: stateOf(3) }),
    differ: {},
    causes: [],
  },
  {
    name: 'not deleted although the run says so',
    run: { delivery: { cleanedUp: true } },
    listing: own(stateOf(120)),
    differ: { group: 1 },
    causes: ['the run says that it deleted the group, yet it is there'],
  },
  {
    name: 'another run went on with it',
    listing: listingOf({ runId: 'run-2', state: stateOf(200) }),
    differ: { run: 1, series: SERIES },
    causes: [OTHER],
  },
  {
    name: 'another run began anew, below what the run went on from',
    run: { base: 500 },
    listing: listingOf({ runId: 'run-2', state: stateOf(30) }),
    differ: { run: 1, series: SERIES },
    causes: [OTHER, 'counter reset: another push wrote less than the run began with'],
  },
  {
    name: 'someone without a run id',
    listing: listingOf({ state: stateOf(120) }),
    differ: { run: 1 },
    causes: ['overwritten by a push that is not of ragmon: it has no ragmon_run_info'],
  },
  {
    name: 'a family replaced by lower values, the run id kept',
    run: { base: 500 },
    listing: own({ ...stateOf(620), 'chatapi_cost_dollars_total{model="x"}': 1 }),
    differ: { series: 1 },
    causes: ['counter reset: another push wrote less than the run began with'],
  },
  {
    name: 'an older state of the same run',
    listing: own(stateOf(100)),
    differ: { series: SERIES },
    causes: ['an older state of the run: the last push is not there'],
  },
  {
    name: 'more than the run pushed, the run id kept',
    listing: own(stateOf(150)),
    differ: { series: SERIES },
    causes: ['changed by another push that kept ragmon_run_info'],
  },
  {
    name: 'the last push was not stored',
    run: { group: refused },
    listing: own(stateOf(100)),
    differ: { push: 1, series: SERIES },
    causes: [NOT_STORED],
  },
  {
    name: 'no push was ever stored',
    run: { group: { ...refused, firstPush: null, lastPush: null } },
    listing: NOTHING,
    differ: { group: 1 },
    causes: [NOT_STORED],
  },
  {
    name: 'a later push was refused',
    listing: listingOf({ runId: 'run-1', state: stateOf(120), failureTime: 1_767_607_271 }),
    differ: { push: 1 },
    causes: ['a later push to the group was refused by the gateway'],
  },
  {
    name: 'money is off by less than a billionth, a count by one',
    listing: own({
      ...stateOf(120),
      'chatapi_cost_dollars_total{model="x"}': 0.4 * (1 + 9e-10),
      'chatapi_request_total{model="x",status="success"}': 109,
    }),
    differ: { series: 1 },
    causes: ['changed by another push that kept ragmon_run_info'],
  },
  {
    name: 'money is off by two billionths',
    listing: own({ ...stateOf(120), 'chatapi_cost_dollars_total{model="x"}': 0.4 * (1 + 2e-9) }),
    differ: { series: 1 },
    causes: ['changed by another push that kept ragmon_run_info'],
  },
])('the gateway: $name', ({ run, listing, differ, causes }) => {
  const findings = compareGateway(ledgerOf(run), listing);
  const wrong = findings.filter(({ agrees }) => !agrees);
  const counts: Record<string, number> = {};
  for (const { check } of wrong) counts[check] = (counts[check] ?? 0) + 1;
  expect(counts).toEqual(differ);
  expect([...new Set(wrong.map(({ cause }) => cause?.text))].sort()).toEqual([...causes].sort());
  for (const { group, agrees, cause } of findings) {
    expect(group).toBe('chatapi {instance="a"}');
    if (agrees) expect(cause).toBeUndefined();
    else expect(cause?.hint).toMatch(/\w/);
  }
});

test('what a group deleted by the run leaves is a note', () => {
  const ledger = ledgerOf({ delivery: { cleanedUp: true } });
  expect(compareGateway(ledger, NOTHING)).toEqual([
    {
      ...{ group: 'chatapi {instance="a"}', check: 'group', agrees: true },
      ...{ expected: 'deleted', found: 'deleted', note: 'deleted by the run itself' },
    },
  ]);
});

test('a difference names its series, and both values', () => {
  const stored = own({ ...stateOf(120), 'chatapi_request_total{model="x",status="error"}': 11 });
  expect(compareGateway(ledgerOf(), stored).find(({ agrees }) => !agrees)).toMatchObject({
    series: 'chatapi_request_total{model="x",status="error"}',
    ...{ check: 'series', expected: 12, found: 11 },
  });
});
