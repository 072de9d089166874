import { UsageError } from '../errors.js';
import type { GroupingKey } from '../pushgateway/grouping-key.js';
import { unquote } from '../series.js';
import { compilePattern, type Pattern } from './pattern.js';

/** Whether a group is meant. */
export type Selector = (key: GroupingKey) => boolean;

interface Matcher {
  readonly label: string;
  readonly holds: Pattern;
}

const HINT = 'write {job="chatapi"} or {job=~"chat.*",cluster!="dev"}';

/**
 * A selector in Prometheus's syntax over the grouping key: `{job=~"chat.*",cluster="dev"}`, with
 * `=`, `!=`, `=~`, `!~`. A label that the key does not have counts as empty. As in Prometheus one
 * matcher at least must not match the empty value, so that no selector means everything by mistake.
 * Throws a UsageError that begins with `name`.
 */
export function parseSelector(name: string, text: string): Selector {
  const wrong = (problem: string): UsageError =>
    new UsageError(`${name}: ${JSON.stringify(text)} ${problem}`, { hint: HINT });
  const [, metric, inner] = /^\s*([^{\s]*)\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  if (inner === undefined) throw wrong('is no selector');
  if (metric) throw wrong('names a metric, and a group has none');

  const matchers: Matcher[] = [];
  const next =
    /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(,|$)/sy;
  while (next.lastIndex < inner.length && !/^\s*$/.test(inner.slice(next.lastIndex))) {
    const at = next.lastIndex;
    const [, label, operator, quoted] = next.exec(inner) ?? [];
    if (label === undefined || operator === undefined || quoted === undefined) {
      throw wrong(`is no selector: cannot read ${JSON.stringify(inner.slice(at).trim())}`);
    }
    if (label === '__name__') throw wrong('names a metric, and a group has none');
    const value = unquote(quoted);
    if (value === undefined) throw wrong(`has an unknown escape in ${quoted}`);
    const same = operator.endsWith('~')
      ? compilePattern(name, value)
      : (one: string) => one === value;
    matchers.push({ label, holds: operator.startsWith('!') ? (one) => !same(one) : same });
  }
  if (matchers.every(({ holds }) => holds(''))) {
    throw wrong('needs a matcher that does not match the empty value');
  }
  return (key) => matchers.every(({ label, holds }) => holds(labelOf(key, label)));
}

function labelOf({ job, labels }: GroupingKey, label: string): string {
  if (label === 'job') return job;
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}
