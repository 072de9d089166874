import { expect, test } from 'vitest';
import { histogramQuantile } from '../../src/instruments/quantile.js';
import type { Computed, Scraped } from '../../src/verify/evidence.js';
import { QUANTILES } from '../../src/verify/evidence.js';
import { type DeliveredLedger, expectations } from '../../src/verify/expectation.js';
import { comparePrometheus } from '../../src/verify/prometheus.js';
import { parseSeries } from '../../src/verify/series-name.js';
import { courseOf, type Sample, type Span, spanOf } from '../../src/verify/span.js';
import { ledgerOf, type RunOptions, SERIES, type State, stateOf } from './run.js';

const NOON = Date.parse('2026-01-05T10:00:00Z') / 1000;
const HISTOGRAM = 'chatapi_request_duration_seconds';

/** Requests that scrapes saw, by seconds after the run began; `run-1` from its first push on. */
type Scrapes = Record<number, number | State>;

interface Case {
  name: string;
  run?: RunOptions;
  scrapes: Scrapes;
  runs?: Record<string, number[]>;
  /** Replaces what Prometheus computes. */
  computed?: (computed: Computed) => Computed;
  scraped?: Partial<Scraped>;
  differ: Partial<Record<string, number>>;
  causes: string[];
  notes?: string[];
}

const FIRST = 'first sample missed: growth before the first scrape is lost to increase()';
const UNSEEN = 'first sample missed: no scrape saw the value that the run went on from';
const END = 'not scraped after the last push';
const OTHER = 'overwritten by another run (run_id run-2, seed 7)';
const FELL = 'counter reset: it fell during the run';
const COMPUTED = 'Prometheus computes something else from the same samples';
const HIDDEN = 'a restart not below the old value is no reset to Prometheus: increase() shows less';
const CHAINED =
  'what a fresh job did after its last scrape is lost: increase() shows at most the truth';
const JOINED =
  'the first scrape came after the start: from the end of the history on, increase() shows it all';
const COUNTS = { 'last − first': SERIES, 'increase()': SERIES };
const RESETS = { 'resets()': SERIES, 'increase()': SERIES };
// Early and late requests are alike here: it takes little of them to find most quantiles.

const fresh = (base: number, jobsInChain = 1): RunOptions => ({
  base,
  delivery: { counters: 'fresh', jobsInChain },
});
const continued: RunOptions = {
  base: 500,
  delivery: { continued: '2026-01-05T07:00:00Z' },
};
const good: Scrapes = { 5: 0, 20: 20, 40: 70, 75: 120, 90: 120 };

test.each<Case>([
  { name: 'zeros first, then growth', scrapes: good, differ: {}, causes: [] },
  {
    name: 'an older run before and a later one after it',
    run: { base: 500 },
    scrapes: { [-60]: 300, [-30]: 500, 5: 500, 40: 550, 75: 620, 90: 620, 110: 900 },
    differ: {},
    causes: [],
  },
  {
    name: 'zeros of an older run of a group that was deleted',
    scrapes: { [-90]: 0, [-60]: 300, ...good },
    differ: {},
    causes: [],
  },
  {
    name: 'the clock of Prometheus is off',
    scrapes: { 15: 0, 40: 20, 95: 120 },
    differ: {},
    causes: [],
  },
  {
    name: 'scraped from the middle on',
    scrapes: { 40: 70, 75: 120 },
    differ: { ...COUNTS, quantiles: 2 },
    causes: [FIRST],
  },
  {
    name: 'scraped after the run only',
    scrapes: { 75: 120, 90: 120 },
    differ: { ...COUNTS, quantiles: 3 },
    causes: [FIRST],
  },
  {
    name: 'the scrape before the run saw an older run in the middle',
    run: { base: 500 },
    scrapes: { 5: 400, 40: 550, 75: 620 },
    differ: COUNTS,
    causes: [UNSEEN],
  },
  {
    name: 'after a history: from its first scrape in the middle on',
    run: continued,
    scrapes: { 40: 550, 75: 620, 90: 620 },
    differ: {},
    causes: [],
    notes: [JOINED],
  },
  {
    name: 'after a history: a run before it ended lower than this one began',
    run: continued,
    scrapes: { [-60]: 480, [-30]: 490, 20: 505, 40: 550, 75: 620 },
    differ: {},
    causes: [],
    notes: [JOINED],
  },
  {
    name: 'after a history: from its start on',
    run: continued,
    scrapes: { 5: 500, 40: 550, 75: 620 },
    differ: {},
    causes: [],
  },
  {
    name: 'after a history: not scraped at the end',
    run: continued,
    scrapes: { 40: 550, 60: 600 },
    differ: { 'last − first': SERIES },
    causes: [END],
  },
  {
    name: 'not scraped at the end',
    scrapes: { 5: 0, 40: 70 },
    differ: { ...COUNTS, quantiles: 2 },
    causes: [END],
  },
  {
    name: 'the last push was not stored',
    run: { group: { stored: false, error: '400' } },
    scrapes: { 5: 0, 40: 70 },
    differ: { ...COUNTS, quantiles: 2 },
    causes: ['the last push was not stored: 400'],
  },
  {
    name: 'another run pushed in between',
    scrapes: { 5: 0, 20: 30, 40: 10, 60: 70, 75: 120 },
    runs: { 'run-1': [5, 20, 60, 75], 'run-2': [40] },
    differ: { ...RESETS, quantiles: 1 },
    causes: [OTHER],
  },
  {
    name: 'somebody pushed less in between',
    scrapes: { 5: 0, 20: 30, 40: 10, 60: 70, 75: 120 },
    differ: { ...RESETS, quantiles: 1 },
    causes: [FELL],
  },
  {
    name: 'a fresh run over an old group: one reset',
    run: fresh(500),
    scrapes: { [-10]: 500, 20: 20, 75: 120 },
    differ: {},
    causes: [],
  },
  {
    name: 'a fresh run that ends where the old one ended',
    run: fresh(120),
    scrapes: { [-10]: 120, 20: 20, 75: 120 },
    differ: {},
    causes: [],
  },
  {
    name: 'a fresh run whose restart nobody can see',
    run: fresh(10),
    scrapes: { [-10]: 10, 20: 40, 75: 120 },
    differ: {},
    causes: [],
    notes: [HIDDEN],
  },
  {
    name: 'a fresh run that fell twice',
    run: fresh(500),
    scrapes: { [-10]: 500, 20: 50, 40: 10, 75: 120 },
    differ: { ...COUNTS, ...RESETS, quantiles: 1 },
    causes: ['counter reset more often than jobs began'],
  },
  {
    name: 'a chain of three fresh jobs, each scraped too early',
    run: {
      ...fresh(0, 3),
      requests: 120,
      group: { final: stateOf(40) },
    },
    scrapes: { 5: 0, 20: 35, 40: 30, 60: 20, 75: 40 },
    differ: {},
    causes: [],
    notes: [CHAINED],
  },
  {
    name: 'one scrape in a run of nothing',
    run: { requests: 0 },
    scrapes: { 20: 0 },
    differ: {},
    causes: [],
  },
  {
    name: 'increase() off by 2.9 %',
    scrapes: good,
    computed: (own) => ({ ...own, increase: mapped(own.increase, (x) => x * 1.029) }),
    differ: {},
    causes: [],
  },
  {
    name: 'increase() off by 3.1 %',
    scrapes: good,
    computed: (own) => ({ ...own, increase: mapped(own.increase, (x) => x * 1.031) }),
    differ: { 'increase()': SERIES },
    causes: [COMPUTED],
  },
  {
    name: 'resets() sees what the samples do not',
    scrapes: good,
    computed: (own) => ({ ...own, resets: mapped(own.resets, (x) => x + 1) }),
    differ: { 'resets()': SERIES },
    causes: [COMPUTED],
  },
  {
    name: 'the quantile of other buckets',
    scrapes: good,
    computed: (own) => ({ ...own, quantiles: new Map([[0.5, new Map([[id(''), 0.4]])]]) }),
    differ: { quantiles: 3 },
    causes: [COMPUTED],
  },
  {
    name: 'one series dropped, one there twice',
    scrapes: Object.fromEntries(
      Object.entries(good).map(([time, n]) => {
        const { 'chatapi_cost_dollars_total{model="x"}': _, ...rest } = stateOf(n as number);
        return [time, rest];
      }),
    ),
    scraped: { twice: new Set([id('_count')]) },
    differ: { scrapes: 2 },
    causes: ['Prometheus has this series more than once', 'not scraped: others of the group are'],
  },
  {
    name: 'nothing scraped',
    scrapes: {},
    differ: { scrapes: 1 },
    causes: ['not scraped: Prometheus has no series of this group'],
  },
  {
    name: 'scraped without honor_labels',
    scrapes: {},
    scraped: { instead: { exported: true, gateway: true } },
    differ: { scrapes: 1 },
    causes: [
      'not scraped: Prometheus has no series of this group, but it has exported_job variants of it',
    ],
  },
])('Prometheus: $name', (given) => {
  const ledger = ledgerOf(given.run);
  const samples = samplesOf(given.scrapes);
  const scraped: Scraped = {
    samples,
    twice: new Set(),
    runs: Object.entries(given.runs ?? { 'run-1': [5] }).map(([runId, times]) => ({
      ...{ runId, seed: runId === 'run-1' ? '42' : '7' },
      times: times.map((time) => NOON + time),
    })),
    instead: { exported: false, gateway: false },
    ...given.scraped,
  };
  const span = spanOf(expectationOf(ledger), samples, ledger.delivery);
  const own = span && computedFrom(samples, span);
  const computed = own && (given.computed?.(own) ?? own);
  const findings = comparePrometheus(ledger, [{ scraped, span, computed }]);

  const wrong = findings.filter(({ agrees }) => !agrees);
  const counts: Record<string, number> = {};
  for (const { check } of wrong) counts[check] = (counts[check] ?? 0) + 1;
  expect(counts).toEqual(given.differ);
  const texts = (all: (string | undefined)[]) => [...new Set(all.filter(Boolean))].sort();
  expect(texts(wrong.map(({ cause }) => cause?.text))).toEqual([...given.causes].sort());
  expect(texts(findings.map(({ note }) => note))).toEqual(given.notes ?? []);
});

function id(suffix: string): string {
  return `${HISTOGRAM}${suffix}{model="x"}`;
}

function mapped(values: ReadonlyMap<string, number>, change: (value: number) => number) {
  return new Map([...values].map(([key, value]) => [key, change(value)]));
}

function expectationOf(ledger: DeliveredLedger) {
  return expectations(ledger)[0]!;
}

function samplesOf(scrapes: Scrapes): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const time of Object.keys(scrapes)
    .map(Number)
    .sort((a, b) => a - b)) {
    const seen = scrapes[time]!;
    for (const [series, value] of Object.entries(typeof seen === 'number' ? stateOf(seen) : seen)) {
      samples.set(series, [...(samples.get(series) ?? []), [NOON + time, value]]);
    }
  }
  return samples;
}

/** What Prometheus computes in a window cut at scrapes. */
function computedFrom(samples: Map<string, Sample[]>, span: Span): Computed {
  const courses = [...samples].flatMap(([series, own]) => {
    const course = courseOf(own, span);
    const count = own.filter(([time]) => time >= span.from && time <= span.to).length;
    return course ? [{ series, ...course, count }] : [];
  });
  const increase = new Map(
    courses.flatMap(({ series, growth, count }) => (count > 1 ? [[series, growth] as const] : [])),
  );
  const buckets = [...increase].flatMap(([series, growth]) => {
    const { le } = parseSeries(series)!.labels;
    return le === undefined ? [] : [[Number(le.replace('+Inf', 'Infinity')), growth] as const];
  });
  return {
    increase,
    resets: new Map(courses.map(({ series, resets }) => [series, resets])),
    quantiles: new Map(
      QUANTILES.map((q) => [q, new Map([[id(''), histogramQuantile(q, buckets)]])]),
    ),
  };
}
