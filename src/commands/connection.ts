import type { Command } from 'commander';
import type { Env } from '../env.js';
import { messageOf, UsageError } from '../errors.js';
import type { PushClientOptions } from '../pushgateway/client.js';
import { parseInteger, parsePositiveDuration } from './values.js';

export const DEFAULT_GATEWAY = 'http://127.0.0.1:9091';

/** How to reach a Pushgateway, as flags give it; commander makes the names. */
export interface ConnectionFlags {
  gateway?: string;
  username?: string;
  passwordFile?: string;
  tokenFile?: string;
  header?: string[];
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  concurrency?: string;
  timeout?: string;
  retries?: string;
}

/** Adds the connection flags; every command that talks to a gateway has the same. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('-g, --gateway <url>', `Pushgateway ($PUSHGATEWAY_URL, else ${DEFAULT_GATEWAY})`)
    .option('--username <name>', 'basic auth ($PUSHGATEWAY_USERNAME)')
    .option('--password-file <file>', 'its password ($PUSHGATEWAY_PASSWORD holds it directly)')
    .option('--token-file <file>', 'bearer token ($PUSHGATEWAY_TOKEN holds it directly)')
    .option('--header <name: value>', 'further request header, repeatable', collect)
    .option('--ca-file <file>', 'PEM of the CA to trust ($PUSHGATEWAY_CA_FILE)')
    .option('--cert-file <file>', 'PEM of the client certificate ($PUSHGATEWAY_CERT_FILE)')
    .option('--key-file <file>', 'PEM of its private key ($PUSHGATEWAY_KEY_FILE)')
    .option('--concurrency <n>', 'connections at most (default: 8)')
    .option('--timeout <d>', 'for one request (default: 10s)')
    .option('--retries <n>', 'after a failed request (default: 5)');
}

/** Gathers a repeatable option. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

export type Connection = Omit<PushClientOptions, 'clock' | 'random'>;

/**
 * Flag, else variable, else default; the files are read here, so that a missing one is found before
 * anything is sent.
 * @param fallback the URL where neither flag nor variable names one
 */
export async function connectionOf(
  flags: ConnectionFlags,
  env: Env,
  fallback = DEFAULT_GATEWAY,
): Promise<Connection> {
  const { vars } = env;
  const url = flags.gateway ?? (vars.PUSHGATEWAY_URL || fallback);
  const secret = async (what: string, file: string | undefined, variable: string) => {
    const path = file ?? vars[`${variable}_FILE`];
    return path ? (await readText(env, what, path)).replace(/\r?\n$/, '') : vars[variable];
  };
  const pem = async (what: string, flag: string | undefined, variable: string) => {
    const path = flag ?? vars[variable];
    return path ? await readText(env, what, path) : undefined;
  };
  const password = await secret('password file', flags.passwordFile, 'PUSHGATEWAY_PASSWORD');
  const token = await secret('token file', flags.tokenFile, 'PUSHGATEWAY_TOKEN');
  const username = flags.username ?? vars.PUSHGATEWAY_USERNAME;
  if (token && username) {
    throw new UsageError('a user name and a bearer token exclude each other');
  }
  const [ca, cert, key] = [
    await pem('CA file', flags.caFile, 'PUSHGATEWAY_CA_FILE'),
    await pem('certificate file', flags.certFile, 'PUSHGATEWAY_CERT_FILE'),
    await pem('key file', flags.keyFile, 'PUSHGATEWAY_KEY_FILE'),
  ];
  return {
    url,
    auth: token ? { token } : username ? { username, password: password ?? '' } : undefined,
    headers: headersOf(flags.header ?? []),
    ca,
    cert,
    key,
    concurrency: parseInteger('--concurrency', flags.concurrency ?? '8', 1, 1000),
    timeoutMs: 1000 * parsePositiveDuration('--timeout', flags.timeout ?? '10s'),
    retries: parseInteger('--retries', flags.retries ?? '5', 0, 100),
  };
}

async function readText(env: Env, what: string, path: string): Promise<string> {
  try {
    return await env.readFile(path);
  } catch (cause) {
    throw new UsageError(`cannot read the ${what}: ${messageOf(cause)}`, { cause });
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) {
        throw new UsageError(`--header: ${JSON.stringify(line)} is not "name: value"`);
      }
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
