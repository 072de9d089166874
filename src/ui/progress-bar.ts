import type { Env, Output } from '../env.js';
import type { Palette } from './colours.js';
import * as format from './format.js';
import { clip } from './line.js';
import { bar } from './marks.js';

export interface ProgressBar {
  update(done: number, total: number): void;
  /** Clears it; it may be updated again. */
  end(): void;
}

/** Characters of the bar, where there is room for them. */
const WIDTH = 30;
/** Milliseconds from one picture to the next: an eye sees no more, a terminal is slow. */
const REDRAW_MS = 100;
const CLEAR_LINE = '\x1b[K';

/** `deleting ━━━━────  1,234/5,000`, redrawn in place; only for a terminal (`live` of `colours`). */
export function createProgressBar(
  output: Output,
  palette: Palette,
  { what, clock }: { what: string; clock: Pick<Env, 'monotonic'> },
): ProgressBar {
  let drawnAt: number | undefined;
  return {
    update(done, total) {
      const now = clock.monotonic();
      if (drawnAt !== undefined && now - drawnAt < REDRAW_MS && done < total) return;
      drawnAt = now;
      const numbers = `${format.count(done)}/${format.count(total)}`;
      // One column stays free: a full line would begin the next.
      const room = output.columns - what.length - numbers.length - 4;
      const { done: full, left } = bar(
        total > 0 ? done / total : 1,
        Math.max(0, Math.min(WIDTH, room)),
      );
      const line =
        full + left === ''
          ? clip(`${what} ${numbers}`, output.columns - 1)
          : `${what} ${palette.accent(full)}${palette.faint(left)}  ${numbers}`;
      output.write(`\r${line}${CLEAR_LINE}`);
    },
    end() {
      if (drawnAt !== undefined) output.write(`\r${CLEAR_LINE}`);
      drawnAt = undefined;
    },
  };
}
