import * as z from 'zod';
import { type Cut, type Cutter, createCutter, MalformedListing } from './cutter.js';
import { check, keyOf, type Listing, readGroup, type Take } from './listing.js';

export interface ListingReader<T> {
  /** The bytes that follow. False when it wants no more: `end` then throws. */
  write(chunk: Buffer): boolean;
  /**
   * What was taken of the whole answer; `date` is its header of that name. Throws what `take`
   * threw, and a MalformedListing when the answer is not a listing or was cut off.
   */
  end(date: string | undefined): Listing<T>;
}

/** How an answer that lists groups begins. */
const HEAD =
  /^[ \t\r\n]*\{[ \t\r\n]*"status"[ \t\r\n]*:[ \t\r\n]*"success"[ \t\r\n]*,[ \t\r\n]*"data"[ \t\r\n]*:[ \t\r\n]*\[/;
const LIKE_HEAD = /^[ \t\r\n]*(\{|$)/;
/** The head is within these, blanks and all; no Pushgateway writes any. */
const MAX_HEAD_BYTES = 1024;
/** Of an answer in another form: an error's, or what a proxy has made of a listing. */
const MAX_OTHER_BYTES = 1024 * 1024;

const Answer = z.object({
  status: z.literal('success'),
  data: z.array(z.record(z.string(), z.unknown())),
});

/** Reads a listing piece by piece and keeps of it only what `take` takes. */
export function createListingReader<T>(take: Take<T>): ListingReader<T> {
  const groups: T[] = [];
  const unreadable: string[] = [];
  let failure: { error: unknown } | undefined;
  // Of an answer whose form is not known yet, or is another one.
  let first: Buffer[] = [];
  let size = 0;
  let cutter: Cutter | undefined;

  const onGroup = (cut: Cut) => {
    const key = keyOf(cut);
    if (typeof key === 'string') {
      unreadable.push(key);
      return;
    }
    let over = false;
    const taken = take(key, (names) => {
      if (over) throw new Error('read() was called after its group had gone by');
      return readGroup(key, cut, names);
    });
    over = true;
    if (taken !== undefined) groups.push(taken);
  };

  const begin = (chunk: Buffer) => {
    first.push(chunk);
    size += chunk.length;
    if (size > MAX_OTHER_BYTES) {
      throw new MalformedListing(
        `the answer is not what a Pushgateway sends: it begins with ${first[0]?.toString('utf8', 0, 100)}`,
      );
    }
    if (size - chunk.length > MAX_HEAD_BYTES) return;
    const all = Buffer.concat(first);
    const text = all.toString('latin1');
    const head = HEAD.exec(text)?.[0];
    // At once: it may be long, or not end.
    if (!LIKE_HEAD.test(text)) readWhole(all);
    if (head === undefined) return;
    first = [];
    cutter = createCutter(onGroup);
    cutter.push(all.subarray(head.length));
  };

  return {
    write(chunk) {
      if (failure) return false;
      try {
        if (cutter) cutter.push(chunk);
        else begin(chunk);
      } catch (error) {
        failure = { error };
      }
      return failure === undefined;
    },
    end(date) {
      if (failure) throw failure.error;
      if (cutter) cutter.end();
      else {
        const data = JSON.stringify(readWhole(Buffer.concat(first)));
        const again = createCutter(onGroup);
        again.push(Buffer.from(`${data.slice(1)}}`));
      }
      const time = Date.parse(date ?? '');
      return { groups, unreadable, serverTime: Number.isNaN(time) ? undefined : time };
    },
  };
}

/** The groups of an answer, whatever its form. */
function readWhole(bytes: Buffer): Record<string, unknown>[] {
  const json = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new MalformedListing(`not JSON: ${json.slice(0, 100)}`);
  }
  return check(Answer, value, () => 'the answer').data;
}
