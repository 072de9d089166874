/** A chart on a white ground, or on a dark one. */
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Palette {
  readonly ground: string;
  readonly text: string;
  /** For what is said in passing: units, totals, dates. */
  readonly muted: string;
  readonly grid: string;
  /** For each panel the colour of its mean, and a lighter one for its days. */
  readonly panels: readonly { readonly mean: string; readonly day: string }[];
  readonly incident: { readonly band: string; readonly edge: string; readonly text: string };
}

/**
 * Hues by Okabe and Ito, told apart with every kind of colour blindness: blue, vermilion, bluish
 * green, and reddish purple for incidents. Texts stand out from the ground by 4.5 : 1 at least.
 */
export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    ground: '#ffffff',
    text: '#1b2128',
    muted: '#57606a',
    grid: '#e4e8ec',
    panels: [
      { mean: '#0072b2', day: '#b3d5e8' },
      { mean: '#d55e00', day: '#f4cfb0' },
      { mean: '#00845f', day: '#b0dccf' },
    ],
    incident: { band: '#cc79a759', edge: '#cc79a7', text: '#92396b' },
  },
  dark: {
    ground: '#12161c',
    text: '#e9eef4',
    muted: '#a3adb8',
    grid: '#29313b',
    panels: [
      { mean: '#56b4e9', day: '#24506b' },
      { mean: '#f08a3c', day: '#66401f' },
      { mean: '#2fc79b', day: '#1b5848' },
    ],
    incident: { band: '#cc79a74d', edge: '#cc79a7', text: '#eab3d0' },
  },
};

/** Helvetica's widths, which the layout counts on; Arimo is the one that comes with ragmon. */
export const FONT = "Arimo, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";
