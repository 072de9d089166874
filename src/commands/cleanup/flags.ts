import type { ConnectionFlags } from '../connection.js';

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
