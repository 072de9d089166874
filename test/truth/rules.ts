import type { Alert, Recording, RuleFile } from '../../src/stack/rules/rule.js';

/** A rule with how often it is evaluated. Seconds. */
export interface Timed<Rule> {
  readonly rule: Rule;
  readonly interval: number;
}

export interface TimedRules {
  /** Recordings in the order in which they can be made: each level reads only those before it. */
  readonly levels: readonly (readonly Timed<Recording>[])[];
  readonly alerts: readonly Timed<Alert>[];
  /** Names of all that the rules read, and other words. */
  readonly words: ReadonlySet<string>;
}

/** As in compose/prometheus/prometheus.yml. */
const EVALUATION_INTERVAL = 15;

/** @param scrape seconds from scrape to scrape: evaluations are never closer than that */
export function timedRules(files: Readonly<Record<string, RuleFile>>, scrape: number): TimedRules {
  const all = Object.values(files).flatMap(({ groups }) =>
    groups.flatMap(({ interval, rules }) => {
      const every = interval === undefined ? EVALUATION_INTERVAL : secondsOf(interval);
      return rules.map((rule) => ({ rule, interval: Math.max(scrape, every) }));
    }),
  );
  return {
    levels: levelsOf(all.filter(isRecording)),
    alerts: all.filter(isAlert),
    words: new Set(all.flatMap(({ rule }) => wordsIn(rule.expr))),
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!,
    0,
  );
}

function isRecording(timed: Timed<Recording | Alert>): timed is Timed<Recording> {
  return 'record' in timed.rule;
}

function isAlert(timed: Timed<Recording | Alert>): timed is Timed<Alert> {
  return 'alert' in timed.rule;
}

function wordsIn(expr: string): readonly string[] {
  return expr.match(/[a-zA-Z_:][\w:]*/g) ?? [];
}

function levelsOf(recordings: readonly Timed<Recording>[]): Timed<Recording>[][] {
  const levels: Timed<Recording>[][] = [];
  for (let left = recordings; left.length > 0; ) {
    const names = new Set(left.map(({ rule }) => rule.record));
    const level = left.filter(({ rule }) => !wordsIn(rule.expr).some((word) => names.has(word)));
    if (level.length === 0) throw new Error(`recordings read each other: ${[...names].join(', ')}`);
    levels.push(level);
    left = left.filter((one) => !level.includes(one));
  }
  return levels;
}
