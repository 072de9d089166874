/** How long the windows and the waits of the rules are. */
export interface Pace {
  /** A duration as PromQL writes it: `5m`, or as much of it as the scale says. */
  span(duration: string): string;
  /** How long something has to hold, or from one evaluation to the next: a second at least. */
  wait(duration: string): string;
  /** The same of a number of seconds. */
  seconds(duration: number): number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @param scale 1 as shipped; 1/60 makes seconds of minutes, for a test that cannot wait */
export function paceOf(scale: number): Pace {
  const seconds = (duration: number) => Math.round(duration * scale * 1000) / 1000;
  const scaled = (duration: string, least: number) => {
    const parts = [...duration.matchAll(/(\d+)([smhd])/g)];
    const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * UNITS[unit!]!, 0);
    return scale === 1 ? duration : `${Math.max(least, Math.round(seconds(sum) * 1000))}ms`;
  };
  return {
    span: (duration) => scaled(duration, 1),
    wait: (duration) => scaled(duration, 1000),
    seconds,
  };
}
