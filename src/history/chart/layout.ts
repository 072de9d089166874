import { type Place, placeLabels } from './lanes.js';
import type { ChartIncident } from './rows.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that the layout is made for: a slide. */
export const SLIDE: Size = { width: 1280, height: 720 };

/**
 * The size in which a picture of this size is laid out: a slide's, and what its proportions have
 * beyond that. So a picture is a slide enlarged or reduced, lines and letters with it.
 */
export function laidOut({ width, height }: Size): Size {
  const scale = Math.min(width / SLIDE.width, height / SLIDE.height);
  return { width: width / scale, height: height / scale };
}

export interface Box {
  readonly top: number;
  readonly height: number;
}

/** Where everything stands, in pixels. */
export interface Layout {
  readonly left: number;
  readonly right: number;
  readonly title: number;
  readonly subtitle: number;
  /** Above the first panel, for the names of the incidents. */
  readonly lanes: Box & { readonly count: number };
  readonly panels: readonly (Box & { readonly heading: number })[];
  /** By incident; undefined for a name that finds no room. */
  readonly labels: readonly (Place | undefined)[];
}

const LEFT = 76;
const RIGHT = 32;
const HEADER = 84;
const LANE = 17;
/** So many lanes at most: with more, names would take the place of the data. */
const LANES = 4;
const HEADING = 34;
const MONTHS = 40;
/** About what a character of the labels takes: a little too much rather than too little. */
const CHARACTER = 6.6;

/**
 * @param span the time that the axis covers, in seconds
 * @param below pixels to leave at the foot, for what the page adds
 */
export function layoutOf(
  { width, height }: Size,
  incidents: readonly ChartIncident[],
  span: { readonly from: number; readonly to: number },
  below = 0,
): Layout {
  const scale = (width - LEFT - RIGHT) / (span.to - span.from);
  const places = placeLabels(
    incidents.map(({ name, from }) => ({
      x: LEFT + Math.max(0, from - span.from) * scale,
      width: name.length * CHARACTER,
    })),
    width - RIGHT,
    LANES,
  );
  const count = Math.max(0, ...places.map((place) => (place ? place.lane + 1 : 0)));
  const named = count * LANE;
  const each = (height - HEADER - named - MONTHS - below) / 3;
  const heading = (panel: number) => HEADER + panel * each + (panel > 0 ? named : 0);
  return {
    left: LEFT,
    right: RIGHT,
    title: 20,
    subtitle: 54,
    lanes: { top: HEADER + HEADING, height: named, count },
    panels: [0, 1, 2].map((panel) => ({
      heading: heading(panel) + 12,
      top: HEADER + named + panel * each + HEADING,
      height: each - HEADING,
    })),
    labels: places,
  };
}
