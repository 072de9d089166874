import { normalCdf } from './special.js';

/** A log-normal time: its logarithm has mean `mu` (of seconds) and standard deviation `sigma`. */
export interface LogNormal {
  readonly mu: number;
  readonly sigma: number;
}

export function logNormal(median: number, sigma: number): LogNormal {
  return { mu: Math.log(median), sigma };
}

/** The same shape with every time `factor` times as long. */
export function stretched(d: LogNormal, factor: number): LogNormal {
  return factor === 1 ? d : { mu: d.mu + Math.log(factor), sigma: d.sigma };
}

/** The product of two independent log-normal quantities is log-normal. */
export function product(a: LogNormal, b: LogNormal): LogNormal {
  return { mu: a.mu + b.mu, sigma: Math.sqrt(a.sigma * a.sigma + b.sigma * b.sigma) };
}

export function mean(d: LogNormal): number {
  return Math.exp(d.mu + (d.sigma * d.sigma) / 2);
}

/** Variance over squared mean. */
export function dispersion({ sigma }: LogNormal): number {
  return Math.exp(sigma * sigma) - 1;
}

/**
 * The log-normal with the mean and variance of a sum of independent log-normal times
 * (L. F. Fenton, "The sum of log-normal probability distributions in scatter transmission
 * systems", IRE Transactions on Communications Systems 8, 1960).
 */
export function sumOf(...parts: readonly LogNormal[]): LogNormal {
  let m = 0;
  let variance = 0;
  for (const part of parts) {
    const own = mean(part);
    m += own;
    variance += own * own * dispersion(part);
  }
  const sigma2 = Math.log(1 + variance / (m * m));
  return { mu: Math.log(m) - sigma2 / 2, sigma: Math.sqrt(sigma2) };
}

/** The chance that a time exceeds `seconds`. */
export function tail(d: LogNormal, seconds: number): number {
  return normalCdf((d.mu - Math.log(seconds)) / d.sigma);
}

/** No station works above this utilisation: what comes on top of it is turned away. */
const FULL = 0.98;

/** What a station does to the requests that reach it. */
export interface Load {
  /** Offered load over capacity: above 1 the station cannot serve it all. */
  readonly utilisation: number;
  /** Factor on service times: 1 + mean waiting time / mean service time. */
  readonly stretch: number;
  /** Share of requests for which there is no room: they time out. */
  readonly overload: number;
}

/**
 * Steady-state load of a station with c servers at utilisation ρ, without backlog. Mean wait over
 * mean service time of an M/G/c queue with service-time CV 1 (H. Sakasegawa, "An approximation
 * formula L_q ≃ α·ρ^β/(1-ρ)", Annals of the Institute of Statistical Mathematics 29, 1977):
 *
 *   W_q / S = ρ^(√(2(c+1)) − 1) / (c · (1 − ρ))
 *
 * with ρ held at 0.98; offered load beyond that is the overload, 1 − 0.98/ρ.
 */
export function stationLoad(rho: number, servers: number): Load {
  if (!(rho > 0)) return { utilisation: 0, stretch: 1, overload: 0 };
  const busy = Math.min(rho, FULL);
  const exponent = Math.sqrt(2 * (servers + 1)) - 1;
  const wait = Math.exp(exponent * Math.log(busy)) / (servers * (1 - busy));
  return { utilisation: rho, stretch: 1 + wait, overload: rho > FULL ? 1 - FULL / rho : 0 };
}
