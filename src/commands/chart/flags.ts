/** The flags as written; commander makes the names. */
export interface ChartFlags {
  output?: string;
  events?: string;
  theme?: string;
  size?: string;
  title?: string;
  force?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}
