import type { ConnectionFlags } from '../connection.js';

/** The flags as written; commander makes the names. */
export interface SimulateFlags extends ConnectionFlags {
  service?: string[];
  duration?: string;
  interval?: string;
  jobs?: string;
  jobLifetime?: string;
  rate?: string;
  profile?: string;
  seed?: string;
  start?: string;
  speed?: string;
  scenario?: string[];
  prices?: string;
  counters?: string;
  continue?: string;
  warmup?: string;
  scrapeInterval?: string;
  instance?: string;
  label?: string[];
  shard?: string;
  hold?: boolean;
  cleanup?: boolean;
  linger?: string;
  dryRun?: boolean;
  ledger?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
