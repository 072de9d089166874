import type { Bytes } from './bytes.js';

// Why own code: `pbf`, the small reader on npm, is made for files one trusts. It does not notice a
// message that ends too early, nor a field of another kind than it expects, and reads on.

/** A message that cannot be taken: answered 400 with this text. */
export class ProtobufError extends Error {}

/** One field of a message, in `text` from `start` to `end`. */
export interface Field {
  /** Number and kind: see VARINT, DOUBLE, LENGTH. */
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  /** Of a varint, without sign; above 2^53 rounded. */
  readonly value: number;
}

const KINDS = { varint: 0, double: 1, length: 2, float: 5 } as const;

/** The tags of field `n`: one of another kind is another field, and unknown, as in Go. */
export const VARINT = (n: number) => n * 8 + KINDS.varint;
export const DOUBLE = (n: number) => n * 8 + KINDS.double;
/** A text, or a message. */
export const LENGTH = (n: number) => n * 8 + KINDS.length;

/** The fields of the message between `from` and `to`. Throws a ProtobufError at the first bad one. */
export function* fields(text: Bytes, from = 0, to = text.length): Generator<Field> {
  for (let at = from; at < to; ) {
    const tag = varint(text, at, to);
    if (tag.value < 8 || tag.value >= 2 ** 32) throw new ProtobufError('proto: no such field');
    const field = { tag: tag.value, ...extent(text, tag.value % 8, tag.end, to) };
    if (field.end > to) throw tooShort();
    yield field;
    at = field.end;
  }
}

/** The messages of a stream, each after its length. */
export function* delimited(text: Bytes): Generator<{ start: number; end: number }> {
  for (let at = 0; at < text.length; ) {
    const message = extent(text, KINDS.length, at, text.length);
    if (message.end > text.length) throw tooShort();
    yield message;
    at = message.end;
  }
}

function extent(text: Bytes, kind: number, at: number, to: number): Omit<Field, 'tag'> {
  switch (kind) {
    case KINDS.varint:
      return varint(text, at, to);
    case KINDS.length: {
      const { value, end } = varint(text, at, to);
      return { start: end, end: end + value, value };
    }
    case KINDS.double:
      return { start: at, end: at + 8, value: 0 };
    case KINDS.float:
      return { start: at, end: at + 4, value: 0 };
    default:
      throw new ProtobufError(`proto: cannot parse a field of kind ${kind}`);
  }
}

function varint(text: Bytes, start: number, to: number): Omit<Field, 'tag'> {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    if (start + i >= to) throw tooShort();
    const byte = text.charCodeAt(start + i);
    value += (byte % 128) * 2 ** (7 * i);
    if (i === 9 && byte > 1) break;
    if (byte < 128) return { start, end: start + i + 1, value };
  }
  throw new ProtobufError('proto: a number of more than 64 bits');
}

const view = new DataView(new ArrayBuffer(8));

/** Of a field tagged DOUBLE. */
export function doubleAt(text: Bytes, start: number): number {
  for (let i = 0; i < 8; i++) view.setUint8(i, text.charCodeAt(start + i));
  return view.getFloat64(0, true);
}

function tooShort(): ProtobufError {
  return new ProtobufError('unexpected EOF');
}
