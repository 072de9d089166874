import { crc32 } from 'node:zlib';
import type { Bytes } from './bytes.js';
import type { Group, Metric, StoredFamily } from './consistency.js';
import type { Store } from './store.js';

// The file in which a store outlives its process: JSON, a line each, in UTF-8.
//
//   {"format":"ragmon-gateway","version":1}
//   {"group":["instance","i","job","a"],"families":[["x","counter","Help.",1767607200000,[[5,"l","1"]]]]}
//   {"family":"x","groups":[1,0]}
//   {"end":1,"crc32":1234567890}
//
// A family has its name, type, help (or null), when it was pushed (ms since the epoch) and its
// metrics; a metric its value, or of a histogram or summary sum, count and points, and then the
// labels that are not its group's. The third kind of line says in which order the groups first
// pushed a family, where that is not the order of the groups. `end` counts the groups; the checksum
// is over all bytes before its line.

export const HEADER = '{"format":"ragmon-gateway","version":1}\n';

/** Characters handed on at a time, about: between two pieces others get their turn. */
const CHUNK = 64 * 1024;

/** The store as it is at the time of the call, however slowly it is read. */
export function storePieces(store: Store): Iterable<Uint8Array> {
  const groups = [...store.groups.values()];
  // Families are replaced, never changed: these are a snapshot.
  const snapshot = groups.map(({ labels, families }) => ({ labels, families }));
  return piecesOf(snapshot, orderLines(groups, store));
}

type Snapshot = Pick<Group, 'labels' | 'families'>;

function* piecesOf(groups: readonly Snapshot[], order: Bytes): Iterable<Uint8Array> {
  let checksum = 0;
  let text = HEADER;
  const take = () => {
    const piece = Buffer.from(text, 'latin1');
    checksum = crc32(piece, checksum);
    text = '';
    return piece;
  };
  for (const { labels, families } of groups) {
    text += `{"group":${JSON.stringify(labels.pairs.flat())},"families":[`;
    let first = true;
    for (const family of families.values()) {
      text += `${first ? '' : ','}${familyHead(family)}[`;
      first = false;
      for (const [i, metric] of family.metrics.entries()) {
        text += `${i === 0 ? '' : ','}${metricJson(family, metric)}`;
        if (text.length >= CHUNK) yield take();
      }
      text += ']]';
    }
    text += ']}\n';
  }
  text += order;
  yield take();
  yield Buffer.from(`{"end":${groups.length},"crc32":${checksum}}\n`);
}

function familyHead({ name, type, help, time }: StoredFamily): Bytes {
  return `[${JSON.stringify(name)},"${type}",${help === undefined ? 'null' : JSON.stringify(help)},${time},`;
}

function metricJson({ type }: StoredFamily, metric: Metric): Bytes {
  const { value, count, points, group, labels } = metric;
  const composed = type === 'histogram' || type === 'summary';
  let text = composed ? `[[${[value, count, ...points].map(number)}]` : `[${number(value)}`;
  const { names } = group.labels;
  for (let i = 0; i < labels.length; i += 2) {
    const [name = '', of = ''] = [labels[i], labels[i + 1]];
    // Given to every metric of a group that has none.
    if (names.has(name) || (name === 'instance' && of === '')) continue;
    text += `,${JSON.stringify(name)},${JSON.stringify(of)}`;
  }
  return `${text}]`;
}

/** JSON has no word for these four. */
function number(value: number): string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  return `"${Object.is(value, -0) ? '-0' : value}"`;
}

function orderLines(groups: readonly Group[], { index }: Store): Bytes {
  const places = new Map(groups.map((group, i) => [group, i]));
  let lines = '';
  for (const [name, { families }] of index) {
    const order = [...families.keys()].map((group) => places.get(group) ?? -1);
    if (order.every((place, i) => i === 0 || place > (order[i - 1] ?? -1))) continue;
    lines += `{"family":${JSON.stringify(name)},"groups":${JSON.stringify(order)}}\n`;
  }
  return lines;
}
