import type { Command } from 'commander';
import type { Env } from '../env.js';
import { messageOf, UsageError } from '../errors.js';
import type { PushClientOptions } from '../pushgateway/client.js';
import type { Auth } from '../pushgateway/target.js';

export const DEFAULT_GATEWAY = 'http://127.0.0.1:9091';

/** How to get into a Pushgateway, as flags give it; commander makes the names. */
export interface AccessFlags {
  username?: string;
  passwordFile?: string;
  tokenFile?: string;
  header?: string[];
  headerFile?: string;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  concurrency?: string;
  timeout?: string;
  retries?: string;
}

export interface ConnectionFlags extends AccessFlags {
  gateway?: string;
}

/** Adds all connection flags. */
export function addConnectionOptions(command: Command): Command {
  return addAccessOptions(addGatewayOption(command));
}

/** Adds the flag that says which gateway. @param which what it may be, and what it is by default */
export function addGatewayOption(
  command: Command,
  which = `Pushgateway ($PUSHGATEWAY_URL, else ${DEFAULT_GATEWAY})`,
): Command {
  return command.option('-g, --gateway <url>', which);
}

/** Adds the flags that say how to get into it; the same for every command that talks to one. */
export function addAccessOptions(command: Command): Command {
  return command
    .option('--username <name>', 'basic auth ($PUSHGATEWAY_USERNAME)')
    .option(
      '--password-file <file>',
      'its password ($PUSHGATEWAY_PASSWORD_FILE; $PUSHGATEWAY_PASSWORD is it)',
    )
    .option(
      '--token-file <file>',
      'bearer token ($PUSHGATEWAY_TOKEN_FILE; $PUSHGATEWAY_TOKEN is it)',
    )
    .option('--header <name: value>', 'further request header, repeatable', collect)
    .option('--header-file <file>', 'such headers, one a line ($PUSHGATEWAY_HEADERS holds them)')
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
  // Imported here, for `--help` needs none of it.
  const { parseInteger, parsePositiveDuration } = await import('./values.js');
  const { vars } = env;
  const url = flags.gateway ?? (vars.PUSHGATEWAY_URL || fallback);
  const pem = async (what: string, flag: string | undefined, variable: string) => {
    const path = flag ?? (vars[variable] || undefined);
    return path === undefined ? undefined : await readText(env, what, path);
  };
  const [ca, cert, key] = [
    await pem('CA file', flags.caFile, 'PUSHGATEWAY_CA_FILE'),
    await pem('certificate file', flags.certFile, 'PUSHGATEWAY_CERT_FILE'),
    await pem('key file', flags.keyFile, 'PUSHGATEWAY_KEY_FILE'),
  ];
  return {
    url,
    ...(await identityOf(flags, env)),
    ca,
    cert,
    key,
    concurrency: parseInteger('--concurrency', flags.concurrency ?? '8', 1, 1000),
    timeoutMs: 1000 * parsePositiveDuration('--timeout', flags.timeout ?? '10s'),
    retries: parseInteger('--retries', flags.retries ?? '5', 0, 100),
  };
}

/**
 * Who asks, and the further headers. Flags win over variables, so that only what stands on the same
 * level excludes each other: a token by flag sends a user name in a variable away, and the reverse.
 */
async function identityOf(
  flags: AccessFlags,
  env: Env,
): Promise<Pick<Connection, 'auth' | 'headers'>> {
  const { vars } = env;
  const given = {
    user: flags.username !== undefined || flags.passwordFile !== undefined,
    token: flags.tokenFile !== undefined,
  };
  const headers = await flagHeaders(flags, env);
  const inherited = parseHeaders('$PUSHGATEWAY_HEADERS', vars.PUSHGATEWAY_HEADERS ?? '');
  if (given.user || given.token) inherited.delete('authorization');
  else if (!headers.has('authorization')) {
    given.user = ['USERNAME', 'PASSWORD', 'PASSWORD_FILE'].some((v) => vars[`PUSHGATEWAY_${v}`]);
    given.token = ['TOKEN', 'TOKEN_FILE'].some((v) => vars[`PUSHGATEWAY_${v}`]);
  }
  if (given.user && given.token) {
    throw new UsageError('a user name or password and a bearer token exclude each other');
  }
  return {
    auth: given.token
      ? await tokenOf(flags, env)
      : given.user
        ? await userOf(flags, env)
        : undefined,
    headers: Object.fromEntries(new Map([...inherited, ...headers]).values()),
  };
}

async function tokenOf({ tokenFile }: AccessFlags, env: Env): Promise<Auth> {
  return { token: (await secretOf(env, 'token', tokenFile, 'PUSHGATEWAY_TOKEN')) ?? '' };
}

async function userOf(flags: AccessFlags, env: Env): Promise<Auth> {
  const password = await secretOf(env, 'password', flags.passwordFile, 'PUSHGATEWAY_PASSWORD');
  const username = flags.username ?? env.vars.PUSHGATEWAY_USERNAME;
  if (flags.username === '') throw new UsageError('--username must not be empty');
  if (!username) {
    throw new UsageError('the password has no user name', {
      hint: 'give it with --username or PUSHGATEWAY_USERNAME',
    });
  }
  return { username, password: password ?? '' };
}

/** From the flag's file, else the file of `<variable>_FILE`, else the variable itself. */
async function secretOf(env: Env, what: string, file: string | undefined, variable: string) {
  const path = file ?? (env.vars[`${variable}_FILE`] || undefined);
  if (path === undefined) return env.vars[variable];
  return (await readText(env, `${what} file`, path)).replace(/\r?\n$/, '');
}

async function readText(env: Env, what: string, path: string): Promise<string> {
  try {
    return await env.readFile(path);
  } catch (cause) {
    throw new UsageError(`cannot read the ${what}: ${messageOf(cause)}`, { cause });
  }
}

/** Lower-case name → name and value: the case of a name says nothing. */
type Headers = Map<string, readonly [name: string, value: string]>;

/** `--header` before `--header-file`. */
async function flagHeaders({ header = [], headerFile }: AccessFlags, env: Env): Promise<Headers> {
  const inFile =
    headerFile === undefined
      ? new Map()
      : parseHeaders(headerFile, await readText(env, 'header file', headerFile));
  const own = header.map((line) => parseHeader(line, `--header: ${JSON.stringify(line)}`));
  return new Map([...inFile, ...own]);
}

/** One `name: value` a line; blank lines mean nothing. */
function parseHeaders(source: string, text: string): Headers {
  return new Map(
    text.split(/\r?\n/).flatMap((line, i) => {
      // Not shown: it may be a secret.
      return line.trim() === '' ? [] : [parseHeader(line, `${source}: line ${i + 1}`)];
    }),
  );
}

function parseHeader(line: string, where: string): [string, readonly [string, string]] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new UsageError(`${where} is not "name: value"`);
  const name = line.slice(0, colon).trim();
  return [name.toLowerCase(), [name, line.slice(colon + 1).trim()]];
}
