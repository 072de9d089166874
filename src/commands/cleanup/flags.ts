import type { ConnectionFlags } from '../connection.js';

/** A gateway takes seconds to list thousands of groups, and those are the ones to sweep. */
export const DEFAULT_TIMEOUT = '1m';

/** The flags as written; commander makes the names. */
export interface CleanupFlags extends ConnectionFlags {
  olderThan?: string;
  service?: string[];
  job?: string[];
  match?: string[];
  anyOwner?: boolean;
  finished?: boolean;
  keep?: string;
  dryRun?: boolean;
  every?: string;
  wait?: string;
  max?: string;
  yes?: boolean;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
