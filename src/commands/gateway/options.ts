import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import { DEFAULT_LIMITS, type GatewayLimits } from '../../gateway/limits.js';
import { parseInteger, parsePositiveDuration, parseSize } from '../values.js';
import type { GatewayFlags } from './flags.js';

/** What the command does, from flags, variables and defaults, all of it checked. */
export interface GatewayCommand {
  /** `''` is every interface. */
  readonly host: string;
  readonly port: number;
  readonly routePrefix: string | undefined;
  readonly enableAdminApi: boolean;
  readonly limits: GatewayLimits;
  readonly persistence:
    | { readonly file: string; readonly intervalMs: number | undefined }
    | undefined;
  readonly json: boolean;
  readonly detail: Detail;
}

export type Detail = 'errors' | 'normal' | 'all';

/** @throws UsageError naming the flag or variable and what it should be */
export function gatewayOptionsOf(flags: GatewayFlags, { vars }: Pick<Env, 'vars'>): GatewayCommand {
  return {
    ...listenOf(flags.listen, vars.RAGMON_GATEWAY_LISTEN),
    routePrefix: flags.routePrefix ?? (vars.RAGMON_GATEWAY_ROUTE_PREFIX || undefined),
    enableAdminApi: flags.enableAdminApi === true,
    limits: limitsOf(flags),
    persistence: persistenceOf(flags, vars.RAGMON_GATEWAY_PERSISTENCE_FILE),
    json: flags.json === true,
    detail: flags.quiet ? 'errors' : flags.verbose ? 'all' : 'normal',
  };
}

function listenOf(flag: string | undefined, variable: string | undefined) {
  if (flag !== undefined) return parseListen('--listen', flag);
  return parseListen('RAGMON_GATEWAY_LISTEN', variable || '127.0.0.1:9091');
}

/** `host:port`, `[::1]:9091`, `:9091` for every interface, `9091` for this machine alone. */
export function parseListen(name: string, text: string): { host: string; port: number } {
  const [, v6, host, port] =
    /^(?:(?:\[([^\][]+)\]|([^:\][]*)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  if (port === undefined || Number(port) > 65_535 || /[\s/@]/.test(v6 ?? host ?? '')) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is no address to listen on`, {
      hint: 'write 127.0.0.1:9091, [::1]:9091, :9091 for every interface, or a port alone',
    });
  }
  return { host: v6 ?? host ?? '127.0.0.1', port: Number(port) };
}

/** What Node can hold in one string. */
const LARGEST_BODY = 512 * 1024 * 1024 - 32;
const MANY = 1_000_000_000;

function limitsOf(flags: GatewayFlags): GatewayLimits {
  const standard = DEFAULT_LIMITS;
  const whole = (name: string, text: string | undefined, value: number) =>
    text === undefined ? value : parseInteger(name, text, 1, MANY);
  const size = (name: string, text: string | undefined, value: number, min: number, max: number) =>
    text === undefined ? value : parseSize(name, text, min, max);
  const most = Number.MAX_SAFE_INTEGER;
  const bodyBytes = size('--max-body', flags.maxBody, standard.bodyBytes, 1, LARGEST_BODY);
  const pendingBytes = size('--max-pending', flags.maxPending, standard.pendingBytes, 1, most);
  if (flags.maxPending !== undefined && pendingBytes < bodyBytes) {
    throw new UsageError(
      '--max-pending is less than --max-body: the largest push would never pass',
    );
  }
  return {
    bodyBytes,
    pendingBytes: Math.max(pendingBytes, bodyBytes),
    headerBytes: size('--max-header', flags.maxHeader, standard.headerBytes, 1024, 2 ** 24),
    connections: whole('--max-connections', flags.maxConnections, standard.connections),
    groups: whole('--max-groups', flags.maxGroups, standard.groups),
    series: whole('--max-series', flags.maxSeries, standard.series),
    storedBytes: size('--max-stored', flags.maxStored, standard.storedBytes, 1, most),
    pushMetrics: whole('--max-push-metrics', flags.maxPushMetrics, standard.pushMetrics),
    labels: whole('--max-labels', flags.maxLabels, standard.labels),
  };
}

function persistenceOf(
  { persistenceFile, persistenceInterval }: GatewayFlags,
  variable: string | undefined,
): GatewayCommand['persistence'] {
  // Empty, as the real one's flag may be: none, also against a variable.
  const file = persistenceFile ?? variable;
  const intervalMs =
    persistenceInterval === undefined
      ? undefined
      : 1000 * parsePositiveDuration('--persistence-interval', persistenceInterval);
  if (file) return { file, intervalMs };
  if (intervalMs === undefined) return undefined;
  throw new UsageError('--persistence-interval is for --persistence-file, which is not given');
}
