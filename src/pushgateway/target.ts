import { UsageError } from '../errors.js';

export type Auth = { username: string; password: string } | { token: string };

export interface TargetOptions {
  /** `http://` or `https://`, with or without a path prefix; may carry `user:password@`. */
  url: string;
  auth?: Auth | undefined;
  /** Further request headers. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Where requests go, taken apart once. */
export interface Target {
  origin: string;
  /** Path before `/metrics`, without a final slash. */
  prefix: string;
  /** For people: no credentials. */
  name: string;
  loopback: boolean;
  /** Names and values in turn. */
  headers: string[];
  /** The text with every secret replaced: gateways and proxies may echo what they were sent. */
  redact(text: string): string;
}

/** Throws a UsageError, without any secret in it, for what could never be sent. */
export function parseTarget(options: TargetOptions): Target {
  const url = parseUrl(options.url);
  const auth = options.auth ?? authOf(url);
  const authorization = auth && authorizationOf(auth);
  const headers: string[] = authorization ? ['authorization', authorization] : [];
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    checkHeader(name, value, authorization !== undefined);
    headers.push(name, value);
  }
  const secrets = [
    ...(auth && 'token' in auth ? [auth.token] : []),
    ...(auth && 'password' in auth ? [auth.password] : []),
    ...(authorization ? [authorization.replace(/^\S+ /, '')] : []),
    ...Object.values(options.headers ?? {}),
    // Longest first, or a secret that contains another would survive in part.
  ].sort((a, b) => b.length - a.length);
  const prefix = url.pathname.replace(/\/+$/, '');
  return {
    origin: url.origin,
    prefix,
    name: url.origin + prefix,
    loopback: /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname),
    headers,
    // Shorter ones are words that stand in any text, and no secrets.
    redact: (text) =>
      secrets
        .filter((secret) => secret.length >= 4)
        .reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
  };
}

function parseUrl(text: string): URL {
  const shown = text.replace(/\/\/[^/]*@/, '//');
  const hint = 'for example http://127.0.0.1:9091 or https://push.example.org/prefix';
  if (!URL.canParse(text)) throw new UsageError(`not a URL of a Pushgateway: ${shown}`, { hint });
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`the URL of a Pushgateway begins with http or https: ${shown}`, { hint });
  }
  if (url.search || url.hash) {
    throw new UsageError('the URL of a Pushgateway has no ? and no #', { hint });
  }
  return url;
}

function authOf(url: URL): Auth | undefined {
  if (!url.username && !url.password) return undefined;
  return { username: decode(url.username), password: decode(url.password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A `%` that stands for itself.
  }
}

function authorizationOf(auth: Auth): string {
  if ('token' in auth) {
    if (!/^[\x21-\x7e]+$/.test(auth.token)) {
      throw new UsageError('the bearer token is empty or holds blanks or other odd characters');
    }
    return `Bearer ${auth.token}`;
  }
  if (auth.username.includes(':')) {
    throw new UsageError('the user name of the Pushgateway holds a colon');
  }
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}

// The client's own: a second one would corrupt the message.
const OWN_HEADERS =
  /^(content-(length|type|encoding)|transfer-encoding|connection|keep-alive|upgrade|expect|host)$/i;

function checkHeader(name: string, value: string, authorized: boolean): void {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
    throw new UsageError(`not a header name: ${JSON.stringify(name)}`);
  }
  if (OWN_HEADERS.test(name)) throw new UsageError(`the header ${name} cannot be set`);
  if (authorized && name.toLowerCase() === 'authorization') {
    throw new UsageError('an Authorization header and a user name or token exclude each other');
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UsageError(`the value of the header ${name} holds characters that HTTP forbids`);
  }
}
