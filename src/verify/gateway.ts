import { keyId } from '../pushgateway/grouping-key.js';
import type { Group, Listing } from '../pushgateway/listing.js';
import { seriesOf } from '../pushgateway/series.js';
import { type Cause, causes } from './causes.js';
import {
  type Counter,
  type DeliveredLedger,
  type Expectation,
  expectations,
} from './expectation.js';
import { type Finding, sameValue } from './finding.js';
import { canonicalValues } from './series-name.js';

const RUN_INFO = 'ragmon_run_info';

/** Holds the last state of each group of a run against what a gateway stores. */
export function compareGateway(ledger: DeliveredLedger, listing: Listing): Finding[] {
  const stored = new Map(listing.groups.map((group) => [keyId(group.key), group]));
  return expectations(ledger).flatMap((expectation) => {
    const group = stored.get(keyId(expectation.key));
    return group ? compareGroup(ledger, expectation, group) : [missing(ledger, expectation)];
  });
}

function missing({ delivery }: DeliveredLedger, { title, group }: Expectation): Finding {
  const finding = { group: title, check: 'group', expected: 'stored', found: null } as const;
  if (delivery.cleanedUp) {
    return {
      ...finding,
      expected: 'deleted',
      found: 'deleted',
      agrees: true,
      note: 'deleted by the run itself',
    };
  }
  // A group that never was cannot have been deleted.
  const never = group.firstPush === null && !group.existed;
  const cause = never ? causes.notStored(group.error) : causes.deleted();
  return { ...finding, agrees: false, cause };
}

function compareGroup(
  { delivery }: DeliveredLedger,
  { title, group, counters }: Expectation,
  stored: Group,
): Finding[] {
  const owner = ownerOf(stored);
  const own = owner?.runId === delivery.runId;
  if (delivery.cleanedUp) {
    const finding = { group: title, check: 'group', expected: 'deleted' } as const;
    // Ours was deleted, and someone made it anew: nothing of ours is left to compare.
    if (!own)
      return [{ ...finding, found: 'deleted', agrees: true, note: 'made anew by another push' }];
    return [{ ...finding, found: 'stored', agrees: false, cause: causes.notDeleted() }];
  }

  const findings: Finding[] = [];
  const notStored = group.stored ? undefined : causes.notStored(group.error);
  if (notStored) {
    const expected = 'last push stored';
    findings.push({
      group: title,
      check: 'push',
      expected,
      found: 'not stored',
      agrees: false,
      cause: notStored,
    });
  }
  if (stored.failureTime > stored.pushTime) {
    const found = `refused at ${timeText(stored.failureTime)}`;
    const expected = `none after ${timeText(stored.pushTime)}`;
    findings.push({
      group: title,
      check: 'push',
      expected,
      found,
      agrees: false,
      cause: causes.pushRefused(),
    });
  }
  const overwritten = own ? undefined : causes.overwritten(owner);
  findings.push({
    ...{ group: title, check: 'run', expected: delivery.runId, found: owner?.runId ?? null },
    agrees: own,
    ...((notStored ?? overwritten) && !own ? { cause: notStored ?? overwritten! } : {}),
  });

  const values = canonicalValues(seriesOf(stored));
  for (const counter of counters) {
    const found = values.get(counter.id);
    const agrees = sameValue(counter.name, counter.final, found);
    findings.push({
      ...{ group: title, series: counter.id, check: 'series', expected: counter.final },
      ...{ found: found ?? null, agrees },
      ...(agrees ? {} : { cause: notStored ?? causeOf(counter, found, overwritten) }),
    });
  }
  return findings;
}

function causeOf({ base, final }: Counter, found: number | undefined, overwritten?: Cause): Cause {
  // Said even where the run is known: whoever watches rate() sees this one first.
  if (found !== undefined && found < base) return causes.reset();
  if (overwritten) return overwritten;
  return found !== undefined && found < final ? causes.older() : causes.changed();
}

function ownerOf(group: Group) {
  const labels = group.families.get(RUN_INFO)?.series[0]?.labels;
  const runId = labels?.run_id;
  return runId === undefined ? undefined : { runId, seed: labels?.seed ?? '?' };
}

/** From Unix seconds; 0 stands for never. */
function timeText(seconds: number): string {
  return seconds > 0 ? new Date(seconds * 1000).toISOString() : 'the beginning';
}
