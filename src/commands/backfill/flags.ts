/** The flags as written; commander makes the names. */
export interface BackfillFlags {
  days?: string;
  end?: string;
  from?: string;
  to?: string;
  seed?: string;
  rate?: string;
  profile?: string;
  scenario?: string[];
  prices?: string;
  format?: string;
  columns?: string[];
  output?: string;
  events?: string;
  bigquerySchema?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
