import type { Paint } from './colours.js';

/** A piece of a line. The least important pieces go when the line is too long; 0 always stays. */
export interface Part {
  readonly text: string;
  readonly importance: number;
  readonly paint?: Paint | undefined;
}

/** Cuts plain text to `width`, with `…` where something is missing. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Drops the least important items, one by one, until the rest fits or only one is left. */
export function keepImportant<Item extends { readonly importance: number }>(
  items: readonly Item[],
  fits: (kept: readonly Item[]) => boolean,
): readonly Item[] {
  let kept = items;
  while (kept.length > 1 && !fits(kept)) {
    const least = Math.max(...kept.map(({ importance }) => importance));
    kept = kept.filter(({ importance }) => importance < least);
  }
  return kept;
}

/** One line of at most `width` characters, painted last so that paint has no width. */
export function joinParts(parts: readonly Part[], separator: string, width: number): string {
  const kept = keepImportant(
    parts.filter(({ text }) => text !== ''),
    (some) => some.map(({ text }) => text).join(separator).length <= width,
  );
  return kept
    .map(({ text, paint }) => {
      const cut = clip(text, width);
      return paint ? paint(cut) : cut;
    })
    .join(separator);
}

/** Breaks text between words; a word longer than `width` (a URL, a path) stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
