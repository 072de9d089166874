// World time is whole seconds since the epoch, UTC. Minutes, hours and days count from it too.

export const MINUTE = 60;
export const MINUTES_PER_HOUR = 60;
export const MINUTES_PER_DAY = 1440;
export const HOURS_PER_DAY = 24;
export const DAY = 86_400;

/** The UTC day number (days since 1970-01-01) of a date written `YYYY-MM-DD`. */
export function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

/** The date of a UTC day, `YYYY-MM-DD`. */
export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The UTC day of a minute. */
export function dayOfMinute(minute: number): number {
  return Math.floor(minute / MINUTES_PER_DAY);
}

/** The calendar year of a UTC day. */
export function yearOf(day: number): number {
  return new Date(day * 86_400_000).getUTCFullYear();
}

/** The UTC day number of the first of January. */
export function newYear(year: number): number {
  return Date.UTC(year, 0, 1) / 86_400_000;
}
