/** The flags as written; commander makes the names. */
export interface CatalogueFlags {
  service?: string[];
  json?: boolean;
  markdown?: boolean;
  check?: string[];
  label?: string[];
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
