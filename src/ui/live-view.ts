import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../env.js';
import type { Palette } from './colours.js';
import { drawFrame } from './frame.js';
import type { Progress } from './progress.js';

/** Follows a run on stderr. */
export interface View {
  update(progress: Progress): void;
  /** A line that stays: a warning. Works before the first update and after the end, too. */
  note(line: string): void;
  /**
   * Ends the view and gives the cursor back. The last picture stays, unless `clear` (for when a
   * summary on the same terminal says it all). To be called in `finally`; the first call counts.
   */
  end(options?: { clear?: boolean }): void;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/**
 * A picture that is redrawn in place; only for a terminal (`live` of `colours`). Each change is one
 * write that draws over the last picture without clearing it first, so nothing flickers. Between
 * two changes the cursor, hidden, waits on the line below the picture.
 */
export function createLiveView(output: Output, palette: Palette): View {
  let drawn: string[] = [];
  let hidden = false;
  let ended = false;

  /** Back to the first line: a terminal that became narrower has broken the old lines into more. */
  const home = () => {
    const rows = drawn
      .map((line) => Math.ceil(stripVTControlCharacters(line).length / output.columns))
      .reduce((sum, height) => sum + Math.max(1, height), 0);
    return rows === 0 ? '' : `\r\x1b[${rows}A`;
  };
  const picture = (lines: readonly string[]) =>
    lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW;

  return {
    update(progress) {
      if (ended) return;
      const lines = drawFrame(progress, palette, output.columns);
      output.write((hidden ? '' : HIDE_CURSOR) + home() + picture(lines));
      hidden = true;
      drawn = lines;
    },
    note(line) {
      const above = drawn.length > 0 ? home() + CLEAR_BELOW : '';
      output.write(`${above}${line}\n${drawn.length > 0 ? picture(drawn) : ''}`);
    },
    end({ clear = false } = {}) {
      if (ended) return;
      ended = true;
      // Below the picture may stand the `^C` that a terminal echoes.
      if (hidden) output.write(`${clear ? home() : '\r'}${CLEAR_BELOW}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}
