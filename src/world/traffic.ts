import { recent } from './recent.js';
import { gamma, normal } from './samplers.js';
import { dayKey, type Stream } from './stream.js';
import { dayOf, dayOfMinute, MINUTES_PER_DAY, MINUTES_PER_HOUR, newYear, yearOf } from './time.js';

/** Shapes of traffic: with days, weeks and growth, or without. */
export const PROFILES = ['daily', 'flat'] as const;
export type Profile = (typeof PROFILES)[number];

/**
 * Relative traffic by UTC hour of a global conversational service: peak to trough 2.4, as in the
 * Azure 2024 conversation trace (domain facts §3.2).
 */
const HOURS = [
  0.72, 0.67, 0.64, 0.62, 0.63, 0.68, 0.78, 0.9, 1.03, 1.14, 1.2, 1.18, 1.12, 1.2, 1.32, 1.4, 1.42,
  1.36, 1.26, 1.17, 1.06, 0.95, 0.83, 0.72,
];
/** Relative traffic by weekday, Sunday first. The mean is 1. */
const WEEKDAYS = [0.75, 1.1, 1.12, 1.12, 1.1, 1.06, 0.75];
/**
 * What the days about New Year reach at most, from 23 December to 3 January: people are at home, and
 * Christmas and New Year's Day are quieter than a Sunday. An assumption: the traces of domain facts
 * §3.2 hold no holidays. No lower than this, so that their nights stay above 0.4 of the mean.
 */
const HOLIDAYS = [0.95, 0.78, 0.66, 0.68, 0.82, 0.84, 0.84, 0.82, 0.74, 0.66, 0.85, 0.95];
/** Days from the first of the holidays to New Year. */
const BEFORE_NEW_YEAR = 9;

const DAY_SHAPE = dayShape();

/** The hours' values stand at the middle of each hour, and straight lines lie between. */
function dayShape(): Float64Array {
  const mean = HOURS.reduce((a, b) => a + b) / 24;
  return Float64Array.from({ length: MINUTES_PER_DAY }, (_, minute) => {
    const position = (minute + 0.5) / MINUTES_PER_HOUR + 23.5;
    const hour = Math.floor(position);
    const share = position - hour;
    return (HOURS[hour % 24]! * (1 - share) + HOURS[(hour + 1) % 24]! * share) / mean;
  });
}

/** Relative traffic of a day: its weekday's, held down by the holidays. */
const dayLevel = recent((day: number): number => {
  // Day 0, 1970-01-01, was a Thursday.
  const weekday = WEEKDAYS[(((day + 4) % 7) + 7) % 7]!;
  const holiday = day + BEFORE_NEW_YEAR - newYear(yearOf(day + BEFORE_NEW_YEAR));
  return Math.min(weekday, HOLIDAYS[holiday] ?? weekday);
}, 3);

/** The expected traffic of a day's minutes, relative to the mean, without its noise. */
export function trafficShape(profile: Profile, day: number): (minute: number) => number {
  if (profile === 'flat') return () => 1;
  // The days' values stand at noon, and straight lines lie between.
  const levels = [day - 1, day, day + 1].map(dayLevel) as [number, number, number];
  return (minute) => {
    const position = day + (minute + 0.5) / MINUTES_PER_DAY - 0.5;
    const noon = Math.floor(position);
    const share = position - noon;
    const before = levels[noon - day + 1]!;
    const after = levels[noon - day + 2]!;
    return DAY_SHAPE[minute]! * (before * (1 - share) + after * share);
  };
}

/** User requests per second that are expected in a minute, without noise and incidents. */
export function expectedTraffic(rate: number, profile: Profile, minute: number): number {
  const day = dayOfMinute(minute);
  const shape = trafficShape(profile, day);
  return rate * growth(profile, day) * shape(minute - day * MINUTES_PER_DAY);
}

const GROWTH_LOW = 0.4;
const GROWTH_HIGH = 1.2;
const GROWTH_ANCHOR = dayOf('2026-06-01');
const GROWTH_DAYS = 120;

/** Growth on a day: a logistic curve in the date, so bounded, and the same for every range. */
export function growth(profile: Profile, day: number): number {
  if (profile === 'flat') return 1;
  const x = (day - GROWTH_ANCHOR) / GROWTH_DAYS;
  return GROWTH_LOW + (GROWTH_HIGH - GROWTH_LOW) / (1 + Math.exp(-x));
}

/** The integral of growth from one day to another, in days (the logistic's is a softplus). */
export function growthIntegral(profile: Profile, from: number, to: number): number {
  if (profile === 'flat') return to - from;
  const softplus = (day: number) => {
    const x = (day - GROWTH_ANCHOR) / GROWTH_DAYS;
    return x > 30 ? x : Math.log(1 + Math.exp(x));
  };
  const steep = (GROWTH_HIGH - GROWTH_LOW) * GROWTH_DAYS;
  return GROWTH_LOW * (to - from) + steep * (softplus(to) - softplus(from));
}

/** Slow noise: σ of its logarithm, memory in minutes, and how fast the past fades per minute. */
export const DRIFT_SIGMA = 0.08;
const DRIFT_MEMORY = 30;
const DRIFT_DECAY = 0.9;
/** Fast noise: a gamma factor per minute makes the counts negative binomial; variance 1 / shape. */
export const BURST_SHAPE = 60;

const DRIFT_FADED = Math.exp(DRIFT_MEMORY * Math.log(DRIFT_DECAY));
/** Standard deviation of Σ decay^k · Z_k over the memory, from a geometric series. */
const DRIFT_SCALE = Math.sqrt((1 - DRIFT_FADED * DRIFT_FADED) / (1 - DRIFT_DECAY * DRIFT_DECAY));

/**
 * Traffic expected in each minute of a UTC day, relative to the mean rate, without incidents:
 *
 *   hour(t) · day(t) · drift(t) · burst(t)
 *
 * `drift` is log-normal with mean 1 around a moving average of normal draws (finite memory, so that
 * no day depends on how far back a range reaches); `burst` is Γ(k)/k. `flat` keeps the noise only.
 */
export function dayTraffic(
  stream: Stream,
  seed: string,
  profile: Profile,
  day: number,
): Float64Array {
  const traffic = dayDrift(stream, seed, day);
  const key = dayKey(seed, 'vectorlens', 'burst', day);
  const shape = trafficShape(profile, day);
  for (let minute = 0; minute < traffic.length; minute++) {
    if (minute % MINUTES_PER_HOUR === 0) stream.seek(key, minute);
    const burst = gamma(stream, BURST_SHAPE) / BURST_SHAPE;
    traffic[minute]! *= shape(minute) * burst;
  }
  return traffic;
}

/** Drift by minute: Z_t + decay · Z_(t−1) + …, as far as the memory reaches. */
function dayDrift(stream: Stream, seed: string, day: number): Float64Array {
  const draws = new Float64Array(MINUTES_PER_HOUR + MINUTES_PER_DAY);
  const yesterday = dayKey(seed, 'vectorlens', 'drift', day - 1);
  const today = dayKey(seed, 'vectorlens', 'drift', day);
  // Only the last hour of the day before is needed: draws are keyed by the hour they stand in.
  for (let hour = -1; hour < 24; hour++) {
    stream.seek(hour < 0 ? yesterday : today, (hour + 24) % 24);
    const start = (hour + 1) * MINUTES_PER_HOUR;
    for (let i = 0; i < MINUTES_PER_HOUR; i++) draws[start + i] = normal(stream);
  }
  const drift = new Float64Array(MINUTES_PER_DAY);
  let sum = 0;
  for (let i = MINUTES_PER_HOUR - DRIFT_MEMORY; i < draws.length; i++) {
    // Before this point nothing counts, so that the day alone decides every digit.
    const leaving =
      i - DRIFT_MEMORY < MINUTES_PER_HOUR - DRIFT_MEMORY ? 0 : draws[i - DRIFT_MEMORY]!;
    sum = DRIFT_DECAY * sum + draws[i]! - DRIFT_FADED * leaving;
    if (i < MINUTES_PER_HOUR) continue;
    const z = sum / DRIFT_SCALE;
    drift[i - MINUTES_PER_HOUR] = Math.exp(DRIFT_SIGMA * z - (DRIFT_SIGMA * DRIFT_SIGMA) / 2);
  }
  return drift;
}
