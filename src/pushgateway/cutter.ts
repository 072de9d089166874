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

/** 10 KB of text are 6 KB (a few histograms) to 40 KB (single series with many labels). */
const MAX_GROUP_BYTES = 64 * 1024 * 1024;
/** Of a number, true, false or null. */
const MAX_SCALAR = 1000;
/** Of a group. A series' labels are in the fifth. */
const MAX_DEPTH = 64;
const SHOWN = 100;
const [QUOTE, COMMA, COLON] = [34, 44, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [91, 93, 123, 125];
const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];
const [BACKSLASH, U] = [92, 117];

const ESCAPES = new Set([...'"\\/bfnrtu'].map((char) => char.charCodeAt(0)));
const FOUR_HEX = /^[\da-f]{4}$/i;
const SCALAR = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;
const SCALAR_BEGINS = new Set([...'-0123456789tfn'].map((char) => char.charCodeAt(0)));

// What may come next. The order matters: up to `Value` a value may, up to `Name` a string.
const [First, Value, FirstName, Name, Colon, After, Tail, Done] = [0, 1, 2, 3, 4, 5, 6, 7];

/** By byte, whether it stands for itself in a string: no quote, no backslash, no control character. */
const PLAIN = new Uint8Array(256).fill(1, SPACE);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

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
  // How far into the string that begins at `at`; 0 when none is under way.
  let resume = 0;
  // Of the group under way.
  let start = 0;
  let groups = 0;
  let state = First;
  // The list is depth 0, a group depth 1.
  let depth = 0;
  const isObject = new Uint8Array(MAX_DEPTH + 1);
  let members: number[] = [];

  const broken = (from: number): never => {
    const text = held.toString('utf8', from, Math.min(length, from + SHOWN));
    throw new MalformedListing(`not JSON after ${counted(groups)}: ${text}`);
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
        let last = resume > 0 ? resume : i + 1;
        // Most bytes by far stand here, up to a quote: a call for each string would double the time.
        while (last < end && PLAIN[bytes[last]!] === 1) last++;
        if (bytes[last] !== QUOTE) last = stringEnd(bytes, last, end, broken);
        if (last === end || bytes[last] !== QUOTE) {
          resume = last;
          break;
        }
        resume = 0;
        if (state > Value) {
          if (depth === 1) members.push(i + 1 - start, last - start);
          state = Colon;
        } else state = After;
        i = last + 1;
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
      else if (isBlank(byte)) i++;
      else {
        if (state > Value) broken(i);
        if (depth === 0) notAGroup();
        const next = scalarEnd(bytes, i, end, broken);
        if (next === end) break;
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
      throw new MalformedListing(`the answer ends after ${counted(groups)}, before its list does`);
    },
  };
}

function counted(groups: number): string {
  return `${groups} group${groups === 1 ? '' : 's'}`;
}

/**
 * Where the quote is that ends a string, looked for from `from`, inside it, to `end`. When it has
 * yet to come: where to look on, which is `end` or an escape that `end` cuts short.
 */
function stringEnd(
  bytes: Buffer,
  from: number,
  end: number,
  broken: (at: number) => never,
): number {
  let i = from;
  while (i < end) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i;
    if (byte < SPACE) broken(i);
    if (byte === BACKSLASH) {
      const needed = i + 1 < end && bytes[i + 1] === U ? 6 : 2;
      if (i + needed > end) return i;
      if (!isEscape(bytes, i + 1)) broken(i);
      i += needed;
    } else i++;
  }
  return end;
}

function isEscape(bytes: Buffer, at: number): boolean {
  const kind = bytes[at]!;
  return (
    ESCAPES.has(kind) && (kind !== U || FOUR_HEX.test(bytes.toString('latin1', at + 1, at + 5)))
  );
}

/** Where the number, true, false or null that begins at `from` ends; `end` when that is to come. */
function scalarEnd(
  bytes: Buffer,
  from: number,
  end: number,
  broken: (at: number) => never,
): number {
  if (!SCALAR_BEGINS.has(bytes[from]!)) broken(from);
  let i = from;
  while (i < end && !endsScalar(bytes[i]!)) i++;
  if (i - from > MAX_SCALAR) broken(from);
  if (i < end && !SCALAR.test(bytes.toString('latin1', from, i))) broken(from);
  return i;
}

function endsScalar(byte: number): boolean {
  return isBlank(byte) || byte === COMMA || byte === CLOSE || byte === CLOSE_LIST;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}
