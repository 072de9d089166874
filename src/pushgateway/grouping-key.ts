import { UsageError } from '../errors.js';
import { joinLabels, type Labels, sortedLabels } from '../series.js';

/** Names one group of a Pushgateway. `labels` are the labels beside `job`; order means nothing. */
export interface GroupingKey {
  readonly job: string;
  readonly labels: Labels;
}

/**
 * The path of the group, from `/metrics` on, to be appended to the gateway's URL as a string:
 * a URL parser would resolve a value `..` and reach another group.
 *
 * Throws a UsageError for a key that no gateway accepts: an empty job, a label name outside
 * `[a-zA-Z_][a-zA-Z0-9_]*` or beginning with `__`, a label `job`, text that is not valid Unicode.
 */
export function groupPath(key: GroupingKey): string {
  if (key.job === '') throw refused(key, 'its job is empty', 'give the job a name');
  let path = `/metrics/job${segment(key, key.job)}`;
  for (const [name, value] of sortedLabels(key.labels)) {
    if (name === 'job') {
      throw refused(
        key,
        'it has a second label "job"',
        'the job is set once, apart from the labels',
      );
    }
    if (!LABEL_NAME.test(name)) {
      throw refused(
        key,
        `${JSON.stringify(name)} is not a label name`,
        'letters, digits and _, not beginning with a digit or with __',
      );
    }
    path += `/${name}${segment(key, value)}`;
  }
  return path;
}

/** The same text for the same group, whatever the order of its labels. */
export function keyId(key: GroupingKey): string {
  return JSON.stringify([key.job, ...sortedLabels(key.labels)]);
}

/** For people: `{job="chatapi",instance="a"}`, escaped as in the exposition format. */
export function formatKey(key: GroupingKey): string {
  return `{${joinLabels([['job', key.job], ...sortedLabels(key.labels)])}}`;
}

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
// No leading dot, so neither `.` nor `..`; nothing that a proxy could decode or collapse.
const PLAIN = /^[a-zA-Z0-9_-][a-zA-Z0-9_.-]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What follows a label's name: `/value`, or `@base64/…` for every value that is not plain. */
function segment(key: GroupingKey, value: string): string {
  if (PLAIN.test(value)) return `/${value}`;
  // Half a surrogate pair would become U+FFFD: another group than the one that was meant.
  if (LONE_SURROGATE.test(value)) {
    throw refused(key, 'a value is not valid Unicode', 'remove the unpaired surrogate');
  }
  return `@base64/${Buffer.from(value).toString('base64url') || '='}`;
}

function refused(key: GroupingKey, reason: string, hint: string): UsageError {
  return new UsageError(`${formatKey(key)} cannot be a grouping key: ${reason}`, { hint });
}
