import { UsageError } from '../../errors.js';
import type { ChartStyle } from '../../history/chart/draw.js';
import { type Size, SLIDE } from '../../history/chart/layout.js';
import { THEMES } from '../../history/chart/theme.js';
import { DEFAULT_TITLE } from '../../history/chart/words.js';
import { chartFormatOf, hasEnding } from '../chart-format.js';
import { parseChoice } from '../values.js';
import type { ChartFlags } from './flags.js';

export interface ChartOptions {
  readonly input: string;
  readonly kind: 'csv' | 'parquet';
  readonly output: string;
  readonly title: string;
  readonly style: ChartStyle;
}

/**
 * What is drawn, from what, how and where to, all of it checked.
 * @throws UsageError naming the flag or the file and what it should be
 */
export function chartOptionsOf(input: string, flags: ChartFlags): ChartOptions {
  const kind = (['csv', 'parquet'] as const).find((ending) => hasEnding(input, ending));
  if (kind === undefined) throw new UsageError(`${input} is neither .csv nor .parquet`);
  const output = flags.output ?? input.replace(/\.[a-z]+$/i, '.svg');
  const { title = DEFAULT_TITLE, theme, size } = flags;
  return {
    ...{ input, kind, output, title: checkedTitle(title) },
    style: {
      format: chartFormatOf('-o', output),
      size: size === undefined ? SLIDE : parsePixels('--size', size),
      theme: theme === undefined ? undefined : parseChoice('--theme', theme, THEMES),
    },
  };
}

function checkedTitle(title: string): string {
  if (/^\P{Cc}*$/u.test(title)) return title;
  throw new UsageError('--title: it has characters that cannot be printed');
}

const LEAST: Size = { width: 640, height: 360 };
const MOST = 8192;

function parsePixels(name: string, text: string): Size {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/i.exec(text.trim())?.map(Number) ?? [];
  if (width === undefined || height === undefined) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is not a size`, {
      hint: 'write 1280x720',
    });
  }
  const fits = width >= LEAST.width && height >= LEAST.height && Math.max(width, height) <= MOST;
  if (fits) return { width, height };
  throw new UsageError(
    `${name}: ${text} is not from ${LEAST.width}x${LEAST.height} to ${MOST}x${MOST} pixels`,
  );
}
