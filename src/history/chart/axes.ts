import type { Magnitude } from './magnitude.js';
import type { Palette } from './theme.js';

/** The least step of values: labels of what is finer would not fit beside the panel. */
const STEP = 0.0001;

/** The days, of which all panels have the same. */
export function timeAxis({ muted, grid }: Palette, labelled: boolean, shown: boolean) {
  return {
    type: 'time' as const,
    show: shown,
    splitNumber: 12,
    axisPointer: { show: shown, label: { show: false } },
    axisLine: { lineStyle: { color: muted }, onZero: true },
    axisTick: { show: labelled, lineStyle: { color: muted } },
    splitLine: { show: true, lineStyle: { color: grid } },
    axisLabel: {
      ...{ show: labelled, color: muted, fontSize: 13, hideOverlap: true, lineHeight: 16 },
      formatter: { year: '{MMM}\n{yyyy}', month: '{MMM}', day: '{d} {MMM}', hour: ' ' },
    },
  };
}

/** Values from zero up: `$0`, `$0.5M`, `$1M`. */
export function valueAxis({ muted, grid }: Palette, prefix: string, { letter }: Magnitude) {
  return {
    type: 'value' as const,
    ...{ min: 0, splitNumber: 3, minInterval: STEP },
    axisLabel: { color: muted, fontSize: 13, formatter: `${prefix}{value}${letter}` },
    splitLine: { lineStyle: { color: grid } },
  };
}
