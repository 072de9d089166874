/** The flags as written; commander makes the names. */
export interface BackfillFlags {
  days?: string;
  end?: string;
  from?: string;
  to?: string;
  step?: string;
  seed?: string;
  rate?: string;
  profile?: string;
  scenario?: string[];
  prices?: string;
  instance?: string;
  label?: string[];
  format?: string;
  columns?: string[];
  output?: string;
  chart?: string | true;
  events?: string;
  bigquerySchema?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
