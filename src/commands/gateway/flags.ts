/** The flags as written; commander makes the names. */
export interface GatewayFlags {
  listen?: string;
  routePrefix?: string;
  enableAdminApi?: boolean;
  persistenceFile?: string;
  persistenceInterval?: string;
  maxGroups?: string;
  maxSeries?: string;
  maxStored?: string;
  maxBody?: string;
  maxPending?: string;
  maxHeader?: string;
  maxPushMetrics?: string;
  maxLabels?: string;
  maxConnections?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}
