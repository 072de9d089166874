import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { VERSION } from '../version.js';
import { listing } from './api.js';
import { isGzip } from './body.js';
import { type Bytes, toBytes } from './bytes.js';
import { exposition, TEXT_FORMAT } from './exposition.js';
import { FAILURE_TIME, PUSH_TIME } from './family.js';
import { groupOf, lowerGroupPath, PathError, parseGroupPath } from './path.js';
import { isProtobuf, parseProtobuf } from './protobuf-parser.js';
import { empty, malformed, problem, type Reply, redirect, text } from './reply.js';
import { exactly, type Route, route } from './router.js';
import type { Site } from './site.js';
import { Refusal } from './store.js';
import { cleanPath, encodePath, parseTarget } from './target.js';
import { parseText } from './text-parser.js';
import { ParseError } from './text-reader.js';
import { ProtobufError } from './wire.js';

interface Call {
  readonly site: Site;
  readonly method: string;
  readonly path: Bytes;
  readonly query: Bytes;
  readonly headers: IncomingHttpHeaders;
  body(): Promise<Bytes>;
}

type Action = (call: Call) => Reply | Promise<Reply>;

/** Rejects with a BodyError, or when the request ends before it is whole. */
export async function answer(site: Site, request: IncomingMessage): Promise<Reply> {
  const { method = 'GET', url = '', headers } = request;
  if (url === '*' && method === 'OPTIONS') return empty(200);
  const target = parseTarget(url);
  if (!target) return malformed(400, 'Bad Request');
  const api = `${site.prefix}/api/v1`;
  const path = cleanPath(target.path);
  if (path !== target.path || path === api) {
    // Go's ServeMux: every method gets a 301, and no client should follow it.
    return redirect(301, method, encodePath(path === api ? `${api}/` : path) + target.query);
  }
  const common = { site, method, query: target.query, headers };
  if (path.startsWith(`${api}/`)) {
    const call = { ...common, path: path.slice(api.length), body: noBody };
    return await act(site.admin ? API_WITH_ADMIN : API, call);
  }
  if (!path.startsWith(`${site.prefix}/`)) return problem(404, '404 page not found');
  // The real server opens a packed body before it looks at the path.
  const early = isGzip(request) ? await site.bodies.read(request) : undefined;
  const body = async () => early ?? (await site.bodies.read(request));
  const call = { ...common, path: path.slice(site.prefix.length), body };
  return await act(site.admin ? SITE_WITH_ADMIN : SITE, call, site.prefix);
}

const noBody = async () => '';

async function act(routes: readonly Route<Action>[], call: Call, prefix = ''): Promise<Reply> {
  const found = route(routes, call.method, call, prefix);
  return 'reply' in found ? found.reply : await found.action(call);
}

const ok: Action = () => text(200, 'OK');
const noLifecycle: Action = () => text(403, 'Lifecycle API is not enabled.');

const SITE: readonly Route<Action>[] = [
  exactly('/metrics', {
    GET: ({ site }) => {
      const reading = site.snapshots.read();
      const body = exposition(reading.snapshot.families);
      return { status: 200, headers: { 'Content-Type': TEXT_FORMAT }, body, reading };
    },
  }),
  {
    matches: (path) => parseGroupPath(path) !== undefined,
    fixed: lowerGroupPath,
    methods: { PUT: push, POST: push, DELETE: remove },
  },
  // The real router, for reasons of its own, sends a group without a name to a path without any.
  {
    ...exactly('/metrics/job', { PUT: notFound, POST: notFound, DELETE: notFound }),
    matches: () => false,
  },
  exactly('/-/healthy', { GET: ok }),
  exactly('/-/ready', { GET: ok }),
  exactly('/-/quit', {
    GET: () => text(405, 'Only POST or PUT requests allowed.'),
    PUT: noLifecycle,
    POST: noLifecycle,
  }),
  // Pages are imported when one is asked for: most gateways never show any.
  exactly('/', { GET: async ({ site, query }) => (await import('./page.js')).home(site, query) }),
  exactly('/status', {
    GET: async ({ site }) => (await import('./page-status.js')).statusPage(site),
  }),
];

const SITE_WITH_ADMIN: readonly Route<Action>[] = [
  ...SITE,
  exactly('/delete', {
    POST: async ({ site, headers, body }) =>
      (await import('./page.js')).deleteFromPage(site, headers, body),
  }),
];

function notFound(): Reply {
  return problem(404, '404 page not found');
}

async function push({ site, method, path, headers, body }: Call): Promise<Reply> {
  try {
    const labels = groupOf(parseGroupPath(path)!);
    const { labels: most } = site.limits;
    if (labels.pairs.length > most) throw new PathError(`more than ${most} labels in the path`);
    const parse = isProtobuf(headers['content-type']) ? parseProtobuf : parseText;
    const families = parse(await body(), site.limits).filter(
      ({ name }) => name !== PUSH_TIME.name && name !== FAILURE_TIME.name,
    );
    site.store.push(labels, families, method === 'PUT', site.now());
    return empty(200);
  } catch (error) {
    for (const type of UNREADABLE) if (error instanceof type) return problem(400, error.message);
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'full') return problem(422, error.message);
    const what = 'pushed metrics are invalid or inconsistent with existing metrics';
    return problem(400, `${what}: ${error.message}`);
  }
}

const UNREADABLE = [PathError, ParseError, ProtobufError];

function remove({ site, path }: Call): Reply {
  try {
    site.store.delete(groupOf(parseGroupPath(path)!));
    return empty(202);
  } catch (error) {
    if (error instanceof PathError) return problem(400, error.message);
    throw error;
  }
}

const CORS = {
  'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Origin',
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Date',
  'Cache-Control': 'no-cache, no-store, must-revalidate',
};
const JSON_HEADERS = { ...CORS, 'Content-Type': 'application/json' };

const API: readonly Route<Action>[] = [
  exactly('/metrics', {
    GET: ({ site }) => {
      const reading = site.snapshots.read();
      const body = listing(reading.snapshot.groups);
      return { status: 200, headers: JSON_HEADERS, body, reading };
    },
  }),
  exactly('/status', {
    GET: ({ site }) => ({ status: 200, headers: JSON_HEADERS, body: statusJson(site) }),
  }),
  { matches: () => true, fixed: () => undefined, methods: { OPTIONS: () => empty(200, CORS) } },
];

const API_WITH_ADMIN: readonly Route<Action>[] = [
  exactly('/admin/wipe', {
    PUT: ({ site, headers }) => {
      const strange = site.refuseHost(headers.host);
      if (strange) return strange;
      site.store.wipe();
      return empty(202);
    },
  }),
  ...API,
];

/** As the real one's: what it was started with, when, and what it is. */
function statusJson({ prefix, admin, startTime }: Site): Bytes {
  const data = {
    build_information: { version: VERSION, goVersion: '', revision: '', branch: 'ragmon' },
    flags: { 'web.route-prefix': prefix, 'web.enable-admin-api': String(admin) },
    start_time: new Date(startTime).toISOString(),
  };
  return toBytes(JSON.stringify({ status: 'success', data }));
}
