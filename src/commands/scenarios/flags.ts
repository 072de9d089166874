/** The flags as written; commander makes the names. */
export interface ScenariosFlags {
  parameters?: boolean;
  schema?: boolean;
  check?: string[];
  json?: boolean;
  markdown?: boolean;
  verbose?: boolean;
  color?: boolean;
}
