import type { Env, StopSignal } from '../../env.js';
import { RagmonError } from '../../errors.js';
import { type Gateway, startGateway } from '../../gateway/server.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import type { GatewayFlags } from './flags.js';
import { createLog, type Log } from './log.js';
import { type GatewayCommand, gatewayOptionsOf } from './options.js';

/** `ragmon gateway`: a Pushgateway until a signal stops it. Resolves to the exit code. */
export async function gateway(flags: GatewayFlags, env: Env): Promise<number> {
  const command = gatewayOptionsOf(flags, env);
  const log = createLog(env, command);
  const stop = stopper(env);
  try {
    const server = await start(command, log, env);
    try {
      log.started(server);
      await aborted(stop.signal);
    } finally {
      await server.close().finally(log.end);
    }
    const signal: StopSignal = stop.signal.reason;
    log.stopped(signal, server.groups());
    return SIGNAL_CODES[signal];
  } finally {
    stop.release();
  }
}

async function start(command: GatewayCommand, log: Log, env: Env): Promise<Gateway> {
  const { persistence, ...options } = command;
  try {
    return await startGateway({
      ...options,
      clock: env,
      onRequest: log.request,
      persistence: persistence && { ...persistence, env, onPersist: log.persisted },
    });
  } catch (error) {
    const cause = error instanceof RagmonError ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (!(error instanceof RagmonError) || code !== 'EADDRINUSE') throw error;
    throw new RagmonError(error.message, {
      cause: error,
      hint: 'is another gateway there? --listen 127.0.0.1:0 takes a free port',
    });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
