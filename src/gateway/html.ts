import { type Bytes, quote, toBytes } from './bytes.js';

/** Markup, as against text: what `html` made, and nothing else. */
export interface Html {
  readonly markup: Bytes;
}

type Part = Html | Bytes | number | false | undefined | readonly Html[];

/** A template whose parts are escaped, but for what is markup itself: nothing else gets to a page. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = toBytes(literals[0] ?? '');
  for (const [i, part] of parts.entries()) {
    markup += markupOf(part) + toBytes(literals[i + 1] ?? '');
  }
  return { markup };
}

export const NOTHING: Html = { markup: '' };

function markupOf(part: Part): Bytes {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(({ markup }) => markup).join('');
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: Bytes): Bytes {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** What a push brought, so that it can be read: what does not print as `\n`, `\x00`, `\u202e`. */
export function shownText(text: Bytes): Bytes {
  if (/^[ -~]*$/.test(text)) return text;
  return quote(text)
    .slice(1, -1)
    .replace(/\\(["\\])/g, '$1');
}

/** At most `max` bytes of it, and no character in two. */
export function cut(text: Bytes, max: number): Bytes {
  if (text.length <= max) return text;
  return `${text.slice(0, max).replace(/[\xc0-\xff][\x80-\xbf]*$/, '')}${toBytes('…')}`;
}
