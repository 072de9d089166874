import { type Bytes, quote } from './bytes.js';
import { type GroupLabels, groupLabels } from './grouping.js';

const GROUP_PATH = /^\/metrics\/job(@base64)?\/([^/]+)((?:\/[\s\S]*)?)$/;
const CASELESS = new RegExp(GROUP_PATH.source, 'i');

/** The parts of a group's path, still as text. */
export interface GroupPath {
  readonly job: Bytes;
  readonly base64: boolean;
  readonly labels: Bytes;
}

export function parseGroupPath(path: Bytes): GroupPath | undefined {
  const [, base64, job, labels = ''] = GROUP_PATH.exec(path) ?? [];
  return job === undefined ? undefined : { job, base64: base64 !== undefined, labels };
}

/** The group's path with its fixed parts in lower case, where it needs no more to be one. */
export function lowerGroupPath(path: Bytes): Bytes | undefined {
  const [, base64 = '', job, labels = ''] = CASELESS.exec(path) ?? [];
  return job === undefined ? undefined : `/metrics/job${base64.toLowerCase()}/${job}${labels}`;
}

/** A path that names no group: answered 400 with this message. */
export class PathError extends Error {}

/** The grouping key. A label given twice has its last value, but `job` is the one at its place. */
export function groupOf({ job, base64, labels }: GroupPath): GroupLabels {
  const [name, bad] = base64 ? decodeBase64(job) : [job];
  if (bad !== undefined) {
    // Go shows what it could decode.
    throw new PathError(`invalid base64 encoding in job name ${quote(name)}: ${corrupt(bad)}`);
  }
  const all = splitLabels(labels);
  if (name === '') throw new PathError('job name is required');
  all.set('job', name);
  return groupLabels(all);
}

function splitLabels(text: Bytes): Map<Bytes, Bytes> {
  const labels = new Map<Bytes, Bytes>();
  if (text.length <= 1) return labels;
  const parts = text.slice(1).split('/');
  if (parts.length % 2 !== 0) {
    throw new PathError(`odd number of components in label string ${quote(text)}`);
  }
  for (let i = 0; i < parts.length; i += 2) {
    const [given = '', value = ''] = [parts[i], parts[i + 1]];
    const encoded = given.endsWith(BASE64);
    const name = encoded ? given.slice(0, -BASE64.length) : given;
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
      throw new PathError(`improper label name ${quote(name)}`);
    }
    const [decoded, bad] = encoded ? decodeBase64(value) : [value];
    if (bad !== undefined) {
      const label = `${name}=${quote(value)}`;
      throw new PathError(`invalid base64 encoding for label ${label}: ${corrupt(bad)}`);
    }
    labels.set(name, decoded);
  }
  return labels;
}

const BASE64 = '@base64';

/** The alphabet for URLs, any padding ignored. `bad` is the place of the first error, as Go counts. */
function decodeBase64(text: Bytes): [decoded: Bytes, bad?: number] {
  // Go's decoder skips line ends.
  const digits = text.replace(/[\r\n]/g, '').replace(/=+$/, '');
  const decode = (whole: Bytes) => Buffer.from(whole, 'base64url').toString('latin1');
  const wrong = digits.search(/[^A-Za-z0-9_-]/);
  const whole = wrong < 0 && digits.length % 4 !== 1;
  if (whole) return [decode(digits)];
  const bad = wrong < 0 ? digits.length - 1 : wrong;
  return [decode(digits.slice(0, bad - (bad % 4))), bad];
}

function corrupt(at: number): string {
  return `illegal base64 data at input byte ${at}`;
}
