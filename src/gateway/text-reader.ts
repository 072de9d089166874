import { type Bytes, quote, toBytes } from './bytes.js';

/** A place in a text that is being parsed. */
export interface Cursor {
  readonly text: Bytes;
  /** Of the current byte. */
  at: number;
  line: number;
}

export class ParseError extends Error {
  constructor(line: number, reason: string) {
    super(`text format parsing error in line ${line}: ${reason}`);
  }
}

export function failure({ line }: Cursor, reason: string): ParseError {
  return new ParseError(line, reason);
}

/** The byte at the cursor. Throws a ParseError at the end: only a line may begin there. */
export function current(cursor: Cursor): number {
  if (cursor.at >= cursor.text.length) throw atEnd(cursor);
  return cursor.text.charCodeAt(cursor.at);
}

function atEnd(cursor: Cursor): ParseError {
  return failure(cursor, 'unexpected end of input stream');
}

export const NEWLINE = 0x0a;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

export function skipBlanks(cursor: Cursor): void {
  while (isBlank(current(cursor))) cursor.at++;
}

/** Up to a blank or the line end. */
export function readWord(cursor: Cursor): Bytes {
  const start = cursor.at;
  for (;;) {
    const code = current(cursor);
    if (isBlank(code) || code === NEWLINE) return cursor.text.slice(start, cursor.at);
    cursor.at++;
  }
}

/** The line end after the cursor. */
export function lineEnd(cursor: Cursor): number {
  const end = cursor.text.indexOf('\n', cursor.at);
  if (end < 0) throw atEnd(cursor);
  return end;
}

/** `[a-zA-Z_][a-zA-Z0-9_]*`, with colons in the name of a metric; empty where there is none. */
export function readName(cursor: Cursor, colons: boolean): Bytes {
  const start = cursor.at;
  for (;;) {
    const code = current(cursor);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80;
    const digit = code >= 0x30 && code <= 0x39 && cursor.at > start;
    if (!letter && !digit && code !== 0x5f && !(colons && code === 0x3a)) {
      return cursor.text.slice(start, cursor.at);
    }
    cursor.at++;
  }
}

const HELP_ESCAPES: Record<string, string> = { '\\': '\\', n: '\n' };
const VALUE_ESCAPES: Record<string, string> = { ...HELP_ESCAPES, '"': '"' };

/** The rest of the line, with `\\` and `\n` replaced. */
export function readEscapedLine(cursor: Cursor): Bytes {
  const end = lineEnd(cursor);
  const raw = cursor.text.slice(cursor.at, end);
  cursor.at = end;
  return unescaped(cursor, raw, HELP_ESCAPES);
}

/** From an opening quote to behind the closing one. */
export function readQuoted(cursor: Cursor): Bytes {
  const { text } = cursor;
  const start = ++cursor.at;
  for (; current(cursor) !== QUOTE; cursor.at++) {
    const code = current(cursor);
    // Behind the escaped byte, which may be a quote, but no line end.
    if (code === BACKSLASH && text.charCodeAt(++cursor.at) === NEWLINE) {
      throw badEscape(cursor, '\n');
    }
    if (code === NEWLINE) {
      const value = unescaped(cursor, text.slice(start, cursor.at), VALUE_ESCAPES);
      throw failure(cursor, `label value ${quote(value)} contains unescaped new-line`);
    }
  }
  return unescaped(cursor, text.slice(start, cursor.at++), VALUE_ESCAPES);
}

function unescaped(cursor: Cursor, raw: Bytes, escapes: Record<string, string>): Bytes {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\([\s\S]?)/g, (_, escaped: string) => {
    const character = escapes[escaped];
    // Nothing follows the backslash but the line end.
    if (character === undefined) throw badEscape(cursor, escaped || '\n');
    return character;
  });
}

function badEscape(cursor: Cursor, byte: string): ParseError {
  return failure(cursor, `invalid escape sequence '\\${toBytes(byte)}'`);
}
