import type { Bytes } from './bytes.js';

// Why own code: `pbf`, the small reader on npm, is made for files one trusts. It does not notice a
// message that ends too early, nor a field of another kind than it expects, and reads on.

/** A message that cannot be taken: answered 400 with this text. */
export class ProtobufError extends Error {}

/** A message that is being read: `next` steps from field to field. */
export interface Message {
  readonly text: Bytes;
  readonly end: number;
  /** Number and kind of the field: see VARINT, DOUBLE, LENGTH. */
  tag: number;
  /** Where its content starts, and where the next field does. */
  start: number;
  next: number;
  /** Of a varint, without sign; above 2^53 rounded. */
  value: number;
}

const KINDS = { varint: 0, double: 1, length: 2, float: 5 } as const;

/** The tags of field `n`: one of another kind is another field, and unknown, as in Go. */
export const VARINT = (n: number) => n * 8 + KINDS.varint;
export const DOUBLE = (n: number) => n * 8 + KINDS.double;
/** A text, or a message. */
export const LENGTH = (n: number) => n * 8 + KINDS.length;

export function messageIn(text: Bytes, start = 0, end = text.length): Message {
  return { text, end, tag: 0, start, next: start, value: 0 };
}

/** The message that is the field at hand. */
export function inner({ text, start, next }: Message): Message {
  return messageIn(text, start, next);
}

/** Whether there was a further field. Throws a ProtobufError where it is none. */
export function next(message: Message): boolean {
  if (message.next >= message.end) return false;
  readVarint(message);
  message.tag = message.value;
  if (message.tag < 8 || message.tag >= 2 ** 32) throw new ProtobufError('proto: no such field');
  const kind = message.tag % 8;
  if (kind === KINDS.length) return nextDelimited(message);
  message.start = message.next;
  if (kind === KINDS.varint) readVarint(message);
  else if (kind === KINDS.double) message.next += 8;
  else if (kind === KINDS.float) message.next += 4;
  else throw new ProtobufError(`proto: cannot parse a field of kind ${kind}`);
  if (message.next > message.end) throw tooShort();
  return true;
}

/** As `next`, in a stream of messages, each after its length. */
export function nextDelimited(stream: Message): boolean {
  if (stream.next >= stream.end) return false;
  readVarint(stream);
  stream.start = stream.next;
  stream.next += stream.value;
  if (stream.next > stream.end) throw tooShort();
  return true;
}

function readVarint(message: Message): void {
  let [value, scale] = [0, 1];
  for (let i = 0; i < 10; i++) {
    if (message.next >= message.end) throw tooShort();
    const byte = message.text.charCodeAt(message.next++);
    if (i === 9 && byte > 1) break;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 128) {
      message.value = value;
      return;
    }
  }
  throw new ProtobufError('proto: a number of more than 64 bits');
}

const view = new DataView(new ArrayBuffer(8));

/** Of a field tagged DOUBLE. */
export function doubleOf({ text, start }: Message): number {
  for (let i = 0; i < 8; i++) view.setUint8(i, text.charCodeAt(start + i));
  return view.getFloat64(0, true);
}

/** Of a field tagged LENGTH. */
export function textOf({ text, start, next: end }: Message): Bytes {
  return text.slice(start, end);
}

function tooShort(): ProtobufError {
  return new ProtobufError('unexpected EOF');
}
