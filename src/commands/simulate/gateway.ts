import { connect } from 'node:net';
import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import type { Gateway } from '../../gateway/server.js';
import { type Connection, connectionOf, DEFAULT_GATEWAY } from '../connection.js';
import type { SimulateFlags } from './flags.js';

/** What a run pushes to. */
export interface RunGateway {
  readonly connection: Connection;
  /** The embedded gateway, where this run started it: whoever asked for the run closes it. */
  readonly own: Gateway | undefined;
  /** What the user should know about it. */
  readonly note: string | undefined;
}

const EMBEDDED = 'embedded';

/**
 * The gateway that is named, or the one at the default address, or the embedded one where nothing is
 * named and nobody answers there. One that is named and does not answer is an error, later.
 * @param fallback the default address: loopback, with a port
 * @throws UsageError for flags that contradict each other, before anything is started
 */
export async function runGateway(
  flags: SimulateFlags,
  env: Env,
  fallback = DEFAULT_GATEWAY,
): Promise<RunGateway> {
  const named = flags.gateway ?? (env.vars.PUSHGATEWAY_URL || undefined);
  if (flags.hold && named !== undefined && named !== EMBEDDED) {
    throw new UsageError('--hold keeps the embedded gateway up, but another one is named', {
      hint: 'leave one of them out, or say --gateway embedded',
    });
  }
  const embeddable = named === undefined || named === EMBEDDED;
  // Also reads the files, and finds what is wrong with the other flags.
  const url = embeddable ? fallback : named;
  const connection = await connectionOf({ ...flags, gateway: url }, env);
  const { hostname: host, port } = new URL(fallback);
  const own = embeddable ? await embedded(host, Number(port), named === EMBEDDED, env) : undefined;
  if (!own) {
    const note = flags.hold ? `--hold has nothing to do: ${connection.url} runs anyway` : undefined;
    return { connection, own, note };
  }
  const where = named === undefined ? `nobody answers at ${own.url}: started` : `at ${own.url}:`;
  const until = flags.hold ? 'which stays until it is stopped' : 'for this run (--hold keeps it)';
  return {
    connection: { ...connection, url: own.url },
    own,
    note: `${where} an embedded gateway ${until}`,
  };
}

/** Started at `port`; where that is taken at any free one, or not at all. */
async function embedded(
  host: string,
  port: number,
  anywhere: boolean,
  env: Env,
): Promise<Gateway | undefined> {
  const free = await isFree(host, port);
  if (!free && !anywhere) return undefined;
  const { startGateway } = await import('../../gateway/server.js');
  try {
    return await startGateway({ host, port: free ? port : 0, clock: env });
  } catch (error) {
    // Two runs that start at once: the second takes what the first has started.
    if (!free || (await isFree(host, port))) throw error;
    return await embedded(host, port, anywhere, env);
  }
}

/** Whether a connection there is refused. Listening would tell less: some systems share a port. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (free: boolean) => {
      socket.destroy();
      resolve(free);
    };
    socket.once('connect', () => settle(false));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED'));
  });
}
