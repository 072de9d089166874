import { crc32 } from 'node:zlib';
import { messageOf } from '../errors.js';
import { type Bytes, toText } from './bytes.js';
import type { Group } from './consistency.js';
import { FAILURE_TIME, PUSH_TIME } from './family.js';
import { type GroupLabels, groupLabels } from './grouping.js';
import { familyOf, isName } from './persistence-family.js';
import { HEADER } from './persistence-write.js';
import type { Store } from './store.js';

/** What is wrong with a file, and in which line. */
export class FormatError extends Error {}

/**
 * Fills an empty store with what `storePieces` made of one. Rejects with a FormatError for what is
 * not that, whole and unchanged, and for what the store would not have taken.
 */
export async function readStore(
  store: Store,
  pieces: AsyncIterable<Uint8Array>,
  maxLabels: number,
): Promise<void> {
  const groups: Group[] = [];
  let checksum = 0;
  let ended = false;
  let line = 0;
  for await (const text of linesOf(pieces)) {
    line++;
    try {
      if (ended) throw new FormatError('something follows the end');
      if (line === 1) checkHeader(text);
      else ended = take(store, groups, parse(text), checksum, maxLabels);
    } catch (error) {
      throw new FormatError(`line ${line}: ${toText(messageOf(error))}`, { cause: error });
    }
    checksum = crc32(Buffer.from(text, 'latin1'), checksum);
  }
  if (line === 0) throw new FormatError('it is empty');
  if (!ended) throw new FormatError('its end is missing');
}

/** With their line ends; the last one may have none. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Bytes> {
  let rest = '';
  let begun = false;
  for await (const piece of pieces) {
    const parts = Buffer.from(piece).toString('latin1').split('\n');
    parts[0] = rest + parts[0];
    rest = parts.pop() ?? '';
    for (const part of parts) yield `${part}\n`;
    begun ||= parts.length > 0;
    // Something else entirely may have no line ends at all: it is not gathered.
    if (!begun && rest.length > HEADER.length) break;
  }
  if (rest !== '') yield rest;
}

function checkHeader(text: Bytes): void {
  if (text === HEADER) return;
  const version = /^\{"format":"ragmon-gateway","version":(\d+)\}\n$/.exec(text)?.[1];
  throw new FormatError(
    version ? `version ${version} of the format, not 1` : 'not a file of a ragmon gateway',
  );
}

function parse(text: Bytes): object {
  if (!text.endsWith('\n')) throw new FormatError('it ends in the middle');
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new FormatError('no object');
  return value;
}

/** Whether it was the last line. */
function take(
  store: Store,
  groups: Group[],
  line: object,
  checksum: number,
  maxLabels: number,
): boolean {
  if ('group' in line && 'families' in line && Array.isArray(line.families)) {
    const labels = labelsOf(line.group);
    if (store.groups.has(labels.id)) throw new FormatError('a group that was there already');
    const families = line.families.map((family) => familyOf(family, maxLabels));
    checkNames(families.map(({ name }) => name));
    store.restore(labels, families);
    const group = store.groups.get(labels.id);
    if (group) groups.push(group);
  } else if ('family' in line && 'groups' in line) {
    reorder(store, groups, line.family, line.groups);
  } else if ('end' in line && 'crc32' in line) {
    if (line.end !== groups.length) throw new FormatError('it does not hold all its groups');
    if (line.crc32 !== checksum) throw new FormatError('it was changed: its checksum is another');
    return true;
  } else throw new FormatError('no group, and no end');
  return false;
}

function checkNames(names: readonly Bytes[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new FormatError(`the family ${twice} twice`);
  const missing = [PUSH_TIME, FAILURE_TIME].find(({ name }) => !names.includes(name));
  if (missing) throw new FormatError(`a group without ${missing.name}`);
}

function labelsOf(flat: unknown): GroupLabels {
  const labels = new Map<Bytes, Bytes>();
  if (Array.isArray(flat)) {
    for (let i = 0; i < flat.length; i += 2) {
      const [name, value]: unknown[] = [flat[i], flat[i + 1]];
      if (!isName(name) || name.startsWith('__') || labels.has(name) || typeof value !== 'string') {
        throw new FormatError('a group with a label that is none');
      }
      labels.set(name, value);
    }
  }
  if (!labels.get('job')) throw new FormatError('a group without a job');
  return groupLabels(labels);
}

/** The order in which the groups first pushed a family: of one help among several, the first counts. */
function reorder(store: Store, groups: readonly Group[], name: unknown, order: unknown): void {
  const families = typeof name === 'string' ? store.index.get(name)?.families : undefined;
  const places = Array.isArray(order) ? new Set<unknown>(order) : new Set();
  const all = [...places].map((place) => (typeof place === 'number' ? groups[place] : undefined));
  if (!families || all.length !== families.size) throw new FormatError('an order of other groups');
  for (const group of all) {
    const family = group && families.get(group);
    if (!family) throw new FormatError('an order of other groups');
    families.delete(group);
    families.set(group, family);
  }
}
