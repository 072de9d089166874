import { Chalk } from 'chalk';
import type { Output } from '../env.js';

export type Paint = (text: string) => string;

/** What colours mean; the basic sixteen, so that they follow the terminal's theme. */
export interface Palette {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly accent: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
}

export interface Style {
  readonly palette: Palette;
  /** Whether the cursor may be moved. */
  readonly live: boolean;
}

/**
 * How text on `output` may look: no colour and no cursor movement when it is not a terminal (or a
 * dumb one), with NO_COLOR (https://no-color.org: set and not empty) or with `--no-color`.
 * FORCE_COLOR says about colour only, in both directions, and yields to those two.
 */
export function colours(
  output: Pick<Output, 'isTTY'>,
  vars: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
): Style {
  const refused = noColor || Boolean(vars.NO_COLOR);
  const live = !refused && output.isTTY && vars.TERM !== 'dumb';
  const forced = vars.FORCE_COLOR;
  const colour = forced === undefined ? live : !refused && !/^(0|false)$/.test(forced);
  return { palette: createPalette(colour), live };
}

export function createPalette(colour: boolean): Palette {
  // An instance of its own: the global one reads the process.
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    accent: chalk.cyan,
    warn: chalk.yellow,
    bad: chalk.red,
  };
}
