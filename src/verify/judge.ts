import type { Delivery } from '../ledger/ledger.js';
import { type Cause, causes } from './causes.js';
import type { Scraped } from './evidence.js';
import type { Counter, Expectation } from './expectation.js';
import { sameValue } from './finding.js';
import type { Course, Span } from './span.js';

/** What the raw samples of one counter say about the ledger. */
export interface Judged {
  readonly counter: Counter;
  readonly course: Course;
  /** `last − first`; where a `fresh` job restarted the counter, with its restarts added back. */
  readonly growth: number;
  /** Whether the samples show the ledger's increment, from its base to its final value. */
  readonly agrees: boolean;
  /** Drops that may be there. */
  readonly resets: { readonly least: number; readonly most: number };
  /** Whether it dropped as often as it may; drops that it made up for leave `agrees` true. */
  readonly resetsAgree: boolean;
  /** Why less can be seen than happened, through nobody's fault. */
  readonly note: string | undefined;
  /** What would explain a difference. */
  readonly cause: Cause;
}

const HIDDEN = 'a restart not below the old value is no reset to Prometheus: increase() shows less';
const CHAINED =
  'what a fresh job did after its last scrape is lost: increase() shows at most the truth';

const JOINED =
  'the first scrape came after the start: from the end of the history on, increase() shows it all';

export function judge(
  delivery: Delivery,
  expectation: Expectation,
  scraped: Scraped,
  span: Span,
  counter: Counter,
  course: Course,
): Judged {
  const rule = ruleOf(delivery, span, counter, course);
  const { least, most } = rule.resets;
  return {
    ...{ counter, course, ...rule },
    resetsAgree: course.resets >= least && course.resets <= most,
    cause: causeOf(delivery, expectation, scraped, span, counter, course, most),
  };
}

type Rule = Pick<Judged, 'growth' | 'agrees' | 'resets' | 'note'>;

function ruleOf(
  { counters, continued, jobsInChain }: Delivery,
  { beforeFresh }: Span,
  { name, base, final, increment }: Counter,
  { first, last, resets, growth }: Course,
): Rule {
  const ended = sameValue(name, final, last);
  if (counters === 'fresh' && jobsInChain > 1) {
    const whole = sameValue(name, increment, growth);
    return {
      growth,
      agrees: ended && (whole || growth < increment),
      resets: { least: 0, most: jobsInChain - 1 + (beforeFresh ? 1 : 0) },
      note: whole ? undefined : CHAINED,
    };
  }
  if (beforeFresh) {
    const restart = first > 0 ? 1 : 0;
    const hidden = restart === 1 && resets === 0;
    return {
      growth,
      agrees: ended && (hidden || sameValue(name, increment, growth)),
      resets: { least: hidden ? 0 : restart, most: restart },
      note: hidden ? HIDDEN : undefined,
    };
  }
  const grown = last - first;
  const began = sameValue(name, base, first);
  const goesOn = continued !== undefined && !began;
  return {
    growth: grown,
    agrees: ended && (goesOn || (began && sameValue(name, increment, grown, last))),
    resets: { least: 0, most: 0 },
    note: goesOn ? JOINED : undefined,
  };
}

function causeOf(
  delivery: Delivery,
  expectation: Expectation,
  scraped: Scraped,
  span: Span,
  { name, base, final }: Counter,
  { first, last, resets }: Course,
  mostResets: number,
): Cause {
  const { group } = expectation;
  const ended = sameValue(name, final, last);
  if (!group.stored && !ended) return causes.notStored(group.error);
  const other = otherRun(delivery, expectation, scraped, span);
  if (other) return causes.overwritten(other);
  if (resets > mostResets) {
    return delivery.counters === 'fresh' ? causes.restartsTooOften() : causes.dropped();
  }
  const startsAtBase = !span.beforeFresh && delivery.continued === undefined;
  if (startsAtBase && !sameValue(name, base, first)) {
    return first > base ? causes.firstMissed() : causes.startUnseen();
  }
  if (!ended) return last < final ? causes.endNotScraped() : causes.changed();
  return causes.contradiction();
}

/** A run that a scrape saw in the group when it was this run's already. */
function otherRun(
  { runId }: Delivery,
  { group }: Expectation,
  { runs }: Scraped,
  { to }: Span,
): Scraped['runs'][number] | undefined {
  const own = runs.find((run) => run.runId === runId)?.times[0];
  const since = own ?? Date.parse(group.firstPush ?? '') / 1000;
  return runs.find(
    (run) => run.runId !== runId && run.times.some((time) => time > since && time <= to),
  );
}
