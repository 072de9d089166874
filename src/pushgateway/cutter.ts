/** One group in the bytes of a listing. Only good while it is handed over: its bytes are reused. */
export interface Cut {
  readonly bytes: Buffer;
  /** Its members, four offsets into `bytes` each: start and end of the name, then of the value. */
  readonly members: readonly number[];
}

export interface Cutter {
  /** The bytes that follow. Throws a MalformedListing as soon as they cannot be part of a listing. */
  push(chunk: Buffer): void;
  /** Throws a MalformedListing when the listing has not come to its end. */
  end(): void;
}

/** What came is not what a Pushgateway answers; the message says why. */
export class MalformedListing extends Error {}

/** A group of 10 KB of text is about 40 KB here. */
const MAX_GROUP_BYTES = 32 * 1024 * 1024;
/** Of a group. A series' labels are in the fifth. */
const MAX_DEPTH = 64;
const SHOWN = 100;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const U = 117;
const OPEN = 123;
const CLOSE = 125;

// What may come next. The order matters: up to `Value` a value may, up to `Name` a name.
const First = 0;
const Value = 1;
const FirstName = 2;
const Name = 3;
const Colon = 4;
const After = 5;
const Tail = 6;
const Done = 7;

const ESCAPES = new Set([...'"\\/bfnrtu'].map((char) => char.charCodeAt(0)));
const FOUR_HEX = /^[\da-f]{4}$/i;
const SCALAR = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;
const SCALAR_BEGINS = new Set([...'-0123456789tfn'].map((char) => char.charCodeAt(0)));

/**
 * Finds the groups in `GET /api/v1/metrics`, given what follows `{"status":"success","data":[` in
 * pieces that may end anywhere. Every byte is held against the grammar of JSON, so that no group
 * needs to be parsed to know that it is sound. Memory: the largest group, however long the listing.
 */
export function createCutter(onGroup: (cut: Cut) => void): Cutter {
  // `held` from 0 to `length`: the group under way and what follows it; looked at up to `at`.
  let held = Buffer.allocUnsafeSlow(128 * 1024);
  let length = 0;
  let at = 0;
  // Within the string that begins at `at`.
  let resume = 0;
  let start = 0;
  let groups = 0;
  let state = First;
  // The list is depth 0, a group depth 1.
  let depth = 0;
  const isObject = new Uint8Array(MAX_DEPTH + 1);
  let members: number[] = [];

  const broken = (from: number): never => {
    const text = held.toString('utf8', from, Math.min(length, from + SHOWN));
    throw new MalformedListing(`not JSON after ${groups} groups: ${text}`);
  };

  /** Of the escape at `i`; 0 when more bytes are needed. */
  const escapeLength = (i: number): number => {
    const escaped = held[i + 1]!;
    const needed = i + 1 < length && escaped === U ? 6 : 2;
    if (i + needed > length) return 0;
    if (!ESCAPES.has(escaped)) broken(i);
    if (needed === 6 && !FOUR_HEX.test(held.toString('latin1', i + 2, i + 6))) broken(i);
    return needed;
  };

  /** Where the number, true, false or null at `from` ends; 0 when more bytes are needed. */
  const scalarEnd = (from: number): number => {
    if (!SCALAR_BEGINS.has(held[from]!)) broken(from);
    let i = from;
    while (i < length && !isDelimiter(held[i]!)) i++;
    if (i === length) return 0;
    if (!SCALAR.test(held.toString('latin1', from, i))) broken(from);
    return i;
  };

  const open = (object: boolean, i: number) => {
    if (state > Value) broken(i);
    if (depth === 0) {
      if (!object) notAGroup();
      start = i;
      members = [];
    }
    depth += 1;
    if (depth > MAX_DEPTH)
      throw new MalformedListing(`a group is nested more than ${MAX_DEPTH} deep`);
    isObject[depth] = object ? 1 : 0;
    state = object ? FirstName : First;
  };

  const close = (object: boolean, i: number) => {
    if (depth === 0) {
      if (object ? state !== Tail : state !== First && state !== After) broken(i);
      state = object ? Done : Tail;
      return;
    }
    const empty = object ? FirstName : First;
    if (isObject[depth] !== (object ? 1 : 0) || (state !== After && state !== empty)) broken(i);
    if (depth === 1 && state === After) members.push(i - start);
    state = After;
    depth -= 1;
    if (depth > 0) return;
    groups += 1;
    onGroup({ bytes: held.subarray(start, i + 1), members });
  };

  const notAGroup = () => {
    throw new MalformedListing(
      `the answer is not what a Pushgateway sends at data.${groups}: expected an object`,
    );
  };

  const scan = () => {
    const bytes = held;
    const end = length;
    let i = at;
    while (i < end) {
      const byte = bytes[i]!;
      if (byte === QUOTE) {
        if (state > Name) broken(i);
        if (depth === 0) notAGroup();
        // Most bytes by far are in here.
        let inside = resume > 0 ? resume : i + 1;
        while (inside < end) {
          const byte = bytes[inside]!;
          if (byte === QUOTE) break;
          if (byte === BACKSLASH) {
            const length = escapeLength(inside);
            if (length === 0) break;
            inside += length;
          } else if (byte < SPACE) broken(inside);
          else inside++;
        }
        if (inside >= end || bytes[inside] !== QUOTE) {
          resume = inside;
          break;
        }
        resume = 0;
        if (state > Value) {
          if (depth === 1) members.push(i + 1 - start, inside - start);
          state = Colon;
        } else state = After;
        i = inside + 1;
      } else if (byte === COMMA) {
        if (state !== After) broken(i);
        if (depth === 1) members.push(i - start);
        state = isObject[depth] === 1 ? Name : Value;
        i++;
      } else if (byte === COLON) {
        if (state !== Colon) broken(i);
        if (depth === 1) members.push(i + 1 - start);
        state = Value;
        i++;
      } else if (byte === OPEN || byte === OPEN_LIST) open(byte === OPEN, i++);
      else if (byte === CLOSE || byte === CLOSE_LIST) close(byte === CLOSE, i++);
      else if (byte === SPACE || byte === LF || byte === CR || byte === TAB) i++;
      else {
        if (state > Value) broken(i);
        if (depth === 0) notAGroup();
        const next = scalarEnd(i);
        if (next === 0) break;
        state = After;
        i = next;
      }
    }
    at = i;
  };

  return {
    push(chunk) {
      const kept = depth > 0 ? start : at;
      if (length - kept > MAX_GROUP_BYTES) {
        const limit = `${MAX_GROUP_BYTES / 1024 / 1024} MB`;
        throw new MalformedListing(`group ${groups + 1} of the answer is longer than ${limit}`);
      }
      const needed = length - kept + chunk.length;
      const next = needed <= held.length ? held : Buffer.allocUnsafeSlow(2 * needed);
      held.copy(next, 0, kept, length);
      held = next;
      length = needed;
      at -= kept;
      start -= kept;
      resume = Math.max(0, resume - kept);
      chunk.copy(held, length - chunk.length);
      scan();
    },
    end() {
      if (state === Done) return;
      throw new MalformedListing(`the answer ends after ${groups} groups, before its list does`);
    },
  };
}

function isDelimiter(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE || byte === CLOSE_LIST;
}
