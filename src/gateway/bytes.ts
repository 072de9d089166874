/**
 * Inside the gateway a text is a string of bytes, one character a byte (Node's `latin1`): sizes and
 * order are those of Go, what is not UTF-8 survives, and reading and writing are plain copies.
 */
export type Bytes = string;

export function toBytes(text: string): Bytes {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}

/** As it can be shown to people: one line, nothing that a terminal would obey. */
export function toText(bytes: Bytes): string {
  const text = Buffer.from(bytes, 'latin1').toString();
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const ASCII = /^[\0-\x7f]*$/;

export function isUtf8(text: Bytes): boolean {
  if (ASCII.test(text)) return true;
  return text.replace(RUNE, '') === '';
}

/** A copy that does not keep alive the larger string that it was cut from. */
export function detached(text: Bytes): Bytes {
  // Shorter slices are copies already.
  return text.length < 13 ? text : Buffer.from(text, 'latin1').toString('latin1');
}

const CONTINUED = '[\\x80-\\xbf]';
/** One character of valid UTF-8. */
const RUNE = new RegExp(
  [
    '[\\0-\\x7f]',
    `[\\xc2-\\xdf]${CONTINUED}`,
    `\\xe0[\\xa0-\\xbf]${CONTINUED}`,
    `[\\xe1-\\xec\\xee\\xef]${CONTINUED}{2}`,
    `\\xed[\\x80-\\x9f]${CONTINUED}`,
    `\\xf0[\\x90-\\xbf]${CONTINUED}{2}`,
    `[\\xf1-\\xf3]${CONTINUED}{3}`,
    `\\xf4[\\x80-\\x8f]${CONTINUED}{2}`,
  ].join('|'),
  'g',
);
const RUNE_OR_BYTE = new RegExp(`${RUNE.source}|[\\s\\S]`, 'g');
const SHORT: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Go's `%q`: in double quotes, what cannot be printed escaped. */
export function quote(text: Bytes): Bytes {
  return `"${text.replace(RUNE_OR_BYTE, (rune) => (rune === '"' ? '\\"' : escapeRune(rune)))}"`;
}

/** Go's `%q` of a single byte: that code point, in single quotes. */
export function quoteByte(code: number): Bytes {
  const character = String.fromCodePoint(code);
  return `'${character === "'" ? "\\'" : escapeRune(toBytes(character))}'`;
}

function escapeRune(rune: Bytes): Bytes {
  const short = SHORT[rune];
  if (short) return short;
  const byte = rune.charCodeAt(0);
  if (rune.length === 1) {
    return byte >= 0x20 && byte < 0x7f ? rune : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  const character = Buffer.from(rune, 'latin1').toString();
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return rune;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
