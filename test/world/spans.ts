import { rulesFor } from '../../src/stack/rules/rules.js';
import { ALERTS, variantOf } from '../../src/stack/rules/variants.js';
import { secondsOf } from '../truth/rules.js';

// How far the rules look back and how long they wait, read from the rules themselves. Minutes.

const RECORDINGS = new Map(
  Object.values(rulesFor()).flatMap(({ groups }) =>
    groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => ('record' in rule ? [[rule.record, rule.expr] as const] : [])),
    ),
  ),
);

/** A stretch of time, and from its end to now. */
export interface Span {
  readonly minutes: number;
  readonly ago: number;
}

export function minutesOf(duration: string): number {
  return secondsOf(duration) / 60;
}

function alertNamed(variant: string) {
  const found = ALERTS.find(({ alert, labels }) => variantOf(alert, labels) === variant);
  if (found === undefined) throw new Error(`there is no alert ${variant}`);
  return found;
}

export function waitOf(variant: string): number {
  return minutesOf(alertNamed(variant).for ?? '');
}

/** Of each recording of this kind that an alert reads, in order: over what time it is made. */
export function spansOf(variant: string, kind: RegExp): readonly [Span, ...Span[]] {
  const { expr } = alertNamed(variant);
  const spans = recordingsIn(expr)
    .filter(({ record }) => kind.test(record))
    .map(({ record, offset }) => {
      const { minutes, ago } = spanOf(record);
      return { minutes, ago: ago + offset };
    });
  const [first, ...others] = spans;
  if (first === undefined) throw new Error(`${variant} reads no recording like ${kind}`);
  return [first, ...others];
}

/** The recordings that an expression reads, each once with the same offset. */
function recordingsIn(expr: string) {
  const found = [...expr.matchAll(/([a-z_]+:[\w:]+)(?:\{[^}]*\})?(?: offset (\w+))?/g)].map(
    ([, record, offset]) => ({ record: record!, offset: minutesOf(offset ?? '') }),
  );
  return found.filter(
    ({ record, offset }, i) =>
      found.findIndex((one) => one.record === record && one.offset === offset) === i,
  );
}

/** The one window of a recording, or of what it reads. */
function spanOf(record: string): Span {
  const expr = RECORDINGS.get(record);
  if (expr === undefined) throw new Error(`nothing is recorded as ${record}`);
  const own = [...expr.matchAll(/\[(\w+)\](?: offset (\w+))?/g)].map(([, window, offset]) => ({
    ...{ minutes: minutesOf(window!), ago: minutesOf(offset ?? '') },
  }));
  const all = own.length > 0 ? own : recordingsIn(expr).map((each) => spanOf(each.record));
  const [first] = all;
  const same = all.every(({ minutes, ago }) => minutes === first!.minutes && ago === first!.ago);
  if (first === undefined || !same) throw new Error(`${record} has no window of its own`);
  return first;
}
