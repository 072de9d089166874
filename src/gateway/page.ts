import type { IncomingHttpHeaders } from 'node:http';
import type { Bytes } from './bytes.js';
import type { Group } from './consistency.js';
import { groupPage, noGroupPage } from './page-group.js';
import { listPage } from './page-list.js';
import { groupOf, PathError, parseGroupPath } from './path.js';
import { empty, problem, type Reply } from './reply.js';
import type { Site } from './site.js';

/** `/`: the groups, or with `?group=<path>` one of them. */
export function home(site: Site, query: Bytes): Reply {
  const parameters = new URLSearchParams(query);
  const path = parameters.get('group');
  if (path === null) return listPage(site, parameters);
  const group = groupAt(site, path);
  return group ? groupPage(site, group, parameters) : noGroupPage();
}

/**
 * The form of a group's page: deletes it, and goes back to the list. What comes from another web
 * site is refused, since a browser would send it along with whatever lets its user in.
 */
export async function deleteFromPage(
  site: Site,
  headers: IncomingHttpHeaders,
  body: () => Promise<Bytes>,
): Promise<Reply> {
  const strange = site.refuseHost(headers.host);
  if (strange) return strange;
  if (isForeign(headers)) return problem(403, 'only the pages of this gateway can do that');
  const group = groupAt(site, new URLSearchParams(await body()).get('group') ?? '');
  if (group) site.store.delete(group.labels);
  return empty(303, { Location: './' });
}

function isForeign({ origin, host, ...headers }: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  // The browser's own word, which holds also where a proxy has put another Host.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  // `null` is what a page in a frame without rights sends.
  if (!URL.canParse(origin)) return true;
  const { protocol, host: sender } = new URL(origin);
  // Read alike, for the port that goes without saying.
  const own = `${protocol}//${host}`;
  return !URL.canParse(own) || new URL(own).host !== sender;
}

/** By its path, from `/metrics` on. */
function groupAt({ store }: Site, path: string): Group | undefined {
  const parts = parseGroupPath(path);
  try {
    return parts && store.groups.get(groupOf(parts).id);
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}
