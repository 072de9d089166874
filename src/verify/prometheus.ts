import type { Delivery } from '../ledger/ledger.js';
import { type Cause, causes } from './causes.js';
import type { Computed, Scraped } from './evidence.js';
import { type DeliveredLedger, type Expectation, expectations } from './expectation.js';
import type { Check, Finding } from './finding.js';
import { type Judged, judge } from './judge.js';
import { compareQuantiles } from './quantiles.js';
import { courseOf, type Span } from './span.js';

/** What Prometheus has of one group; without a span there is no sample. */
export interface Evidence {
  readonly scraped: Scraped;
  readonly span: Span | undefined;
  readonly computed: Computed | undefined;
}

/**
 * How far increase() may be off, relative. It stretches the growth that it sees to the length of
 * its window: within one that begins and ends at a scrape, by a millisecond and no more. What is
 * left is a restart that it did not see, or a sample that it did not use.
 */
const INCREASE_TOLERANCE = 0.03;

/** Holds a run against what Prometheus scraped and computes. `evidence` is by group, in order. */
export function comparePrometheus(
  ledger: DeliveredLedger,
  evidence: readonly Evidence[],
): Finding[] {
  return expectations(ledger).flatMap((expectation, i) => {
    const { scraped, span, computed } = evidence[i]!;
    return span && computed
      ? compareGroup(ledger.delivery, expectation, scraped, span, computed)
      : [unseen(expectation, scraped)];
  });
}

function unseen({ group, title, counters }: Expectation, { instead }: Scraped): Finding {
  const cause =
    group.firstPush === null ? causes.notStored(group.error) : causes.notScraped(instead);
  const expected = `${counters.length} series`;
  return { group: title, check: 'scrapes', expected, found: null, agrees: false, cause };
}

function compareGroup(
  delivery: Delivery,
  expectation: Expectation,
  scraped: Scraped,
  span: Span,
  computed: Computed,
): Finding[] {
  const findings: Finding[] = [];
  const judged: Judged[] = [];
  for (const counter of expectation.counters) {
    const course = courseOf(scraped.samples.get(counter.id) ?? [], span);
    if (course && !scraped.twice.has(counter.id)) {
      const one = judge(delivery, expectation, scraped, span, counter, course);
      judged.push(one);
      findings.push(...compareCounter(expectation, one, computed));
      continue;
    }
    findings.push({
      ...{ group: expectation.title, series: counter.id, check: 'scrapes' },
      ...{ expected: 'one series', found: course ? 'more' : null, agrees: false },
      cause: course ? causes.scrapedTwice() : causes.seriesNotScraped(),
    });
  }
  return [...findings, ...compareQuantiles(expectation, judged, computed)];
}

function compareCounter(expectation: Expectation, judged: Judged, computed: Computed): Finding[] {
  const { counter, course, growth, agrees, resetsAgree, note } = judged;
  const { id, increment } = counter;
  const finding = (
    check: Check,
    expected: number,
    found: number | undefined,
    holds: boolean,
    cause: Cause,
  ): Finding => ({
    ...{ group: expectation.title, series: id, check, expected, found: found ?? null },
    ...{ agrees: holds, ...(holds ? {} : { cause }) },
  });

  const grown = finding('last − first', increment, growth, agrees, judged.cause);
  const findings = [agrees && note ? { ...grown, note } : grown];
  const resets = computed.resets.get(id);
  findings.push(
    finding(
      'resets()',
      resetsAgree ? course.resets : judged.resets.most,
      resets,
      resetsAgree && resets === course.resets,
      resetsAgree ? causes.computed() : judged.cause,
    ),
  );
  const increase = computed.increase.get(id);
  // One scrape of a counter that did nothing: nothing is computed, and nothing is wrong.
  if (increase === undefined && increment === 0 && agrees) return findings;
  const truth = note ? course.growth : increment;
  const near =
    increase !== undefined && Math.abs(increase - truth) <= INCREASE_TOLERANCE * Math.abs(truth);
  const cause = increase === undefined ? causes.tooFewScrapes() : causes.computed();
  findings.push(
    finding('increase()', truth, increase, near, agrees && resetsAgree ? cause : judged.cause),
  );
  return findings;
}
