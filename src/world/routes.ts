import { LENGTHS, type Length, MODELS } from './models.js';

export const ENDPOINTS = ['search', 'answer', 'ingest'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

export const OPERATIONS = ['search', 'get', 'put'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const DOCSTORE_FAILURES = ['timeout', 'throttled', 'unavailable'] as const;
export type DocstoreOutcome = 'ok' | (typeof DOCSTORE_FAILURES)[number];

export const LLM_FAILURES = [
  'rate_limited',
  'timeout',
  'server_error',
  'content_filter',
  'context_length',
] as const;
export type LlmOutcome = 'ok' | (typeof LLM_FAILURES)[number];

/** Where vectorlens turns a request away before it does any work for it. */
export const REFUSALS = ['invalid_request', 'rate_limited', 'timeout'] as const;

export type RequestEnd = 'ok' | (typeof REFUSALS)[number] | 'docstore' | 'llm';

/**
 * One whole way of a user request through the system, with everything that happened on it. All
 * counters of all services are sums over routes, so that they add up by construction.
 */
export interface Route {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly end: RequestEnd;
  /** What the semantic cache said; only accepted answers ask it. */
  readonly semantic?: 'hit' | 'miss';
  readonly calls: readonly { readonly operation: Operation; readonly outcome: DocstoreOutcome }[];
  /** The LLM call; `length` where it succeeded. */
  readonly llm?: { readonly model: number; readonly outcome: LlmOutcome; readonly length?: Length };
}

/** Shares of user requests by endpoint. */
export const ENDPOINT_SHARES: Readonly<Record<Endpoint, number>> = {
  search: 0.55,
  answer: 0.4,
  ingest: 0.05,
};

/**
 * A place where routes part. The tree is stored as parallel arrays in an order in which parents
 * come first: the chance of a node is its parent's chance × its own share.
 */
interface Tree {
  readonly parents: number[];
  readonly places: Map<string, number>;
  /** The node of each route. */
  readonly leaves: number[];
  readonly routes: Route[];
}

const TREE = plant();

/** Every route, in a fixed order; a route's place in it is its index everywhere. */
export const ROUTES: readonly Route[] = TREE.routes;
export const NODE_COUNT = TREE.parents.length;

function plant(): Tree {
  const tree: Tree = { parents: [], places: new Map(), leaves: [], routes: [] };
  const node = (name: string, parent: number): number => {
    tree.places.set(name, tree.parents.length);
    return tree.parents.push(parent) - 1;
  };
  const leaf = (parent: number, route: Route): void => {
    tree.leaves.push(node(route.name, parent));
    tree.routes.push(route);
  };
  /** The outcomes of one docstore call: leaves for failures; gives back the node of success. */
  const call = (parent: number, before: Route, operation: Operation): [number, Route] => {
    const at = `${before.name}/${operation}`;
    for (const outcome of DOCSTORE_FAILURES) {
      const calls = [...before.calls, { operation, outcome }];
      leaf(parent, { ...before, name: `${at}:${outcome}`, end: 'docstore', calls });
    }
    const calls = [...before.calls, { operation, outcome: 'ok' as const }];
    return [node(`${at}:ok`, parent), { ...before, name: at, calls }];
  };
  /** A route ends well: its node becomes a leaf. */
  const close = ([at, route]: [number, Route], name: string): void => {
    tree.leaves.push(at);
    tree.routes.push({ ...route, name, end: 'ok' });
  };

  for (const endpoint of ENDPOINTS) {
    const root = node(endpoint, -1);
    const start: Route = { name: endpoint, endpoint, end: 'ok', calls: [] };
    for (const end of REFUSALS) leaf(root, { ...start, name: `${endpoint}/${end}`, end });
    const accepted = node(`${endpoint}/accepted`, root);
    if (endpoint !== 'answer') {
      const done = call(accepted, start, endpoint === 'search' ? 'search' : 'put');
      close(done, `${endpoint}/ok`);
      continue;
    }
    leaf(accepted, { ...start, name: 'answer/hit', semantic: 'hit' });
    const miss = node('answer/miss', accepted);
    const asked: Route = { ...start, semantic: 'miss' };
    const found = call(miss, asked, 'search');
    const [read, reading] = call(found[0], found[1], 'get');
    MODELS.forEach(({ name }, model) => {
      const chosen = node(`answer/${name}`, read);
      const base = { ...reading, name: `answer/${name}` };
      for (const outcome of LLM_FAILURES) {
        const llm = { model, outcome };
        leaf(chosen, { ...base, name: `${base.name}:${outcome}`, end: 'llm', llm });
      }
      for (const { length } of LENGTHS) {
        const llm = { model, outcome: 'ok' as const, length };
        leaf(chosen, { ...base, name: `${base.name}:${length}`, llm });
      }
    });
  }
  return tree;
}

/** The index of a place where a share is set; throws on a name that is none. */
export function place(name: string): number {
  const index = TREE.places.get(name);
  if (index === undefined) throw new Error(`no such place on the request path: ${name}`);
  return index;
}

/**
 * The chance of each route, from the share of every place among its siblings (each
 * set of siblings adds up to 1). `shares` is spent: it becomes each place's own chance.
 */
export function routeChances(shares: number[]): readonly number[] {
  const { parents, leaves } = TREE;
  const chances = shares;
  for (let node = 0; node < parents.length; node++) {
    const parent = parents[node]!;
    if (parent >= 0) chances[node]! *= chances[parent]!;
  }
  return leaves.map((leaf) => chances[leaf]!);
}

/** Indices of the routes for which `test` holds. */
export function routesWhere(test: (route: Route) => boolean): readonly number[] {
  return ROUTES.flatMap((route, index) => (test(route) ? [index] : []));
}
