import { join } from 'node:path';
import { COMPOSE } from './compose.js';
import { spawnGuarded, until } from './processes.js';
import { freePorts } from './servers.js';

export interface Stack {
  readonly pushgateway: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  output(): string;
  /** `until`, as long as its servers run. */
  until(what: string, probe: () => boolean, timeoutMs: number): Promise<boolean>;
  /** Resolves with the exit code when all has ended. */
  ended(): Promise<number | null>;
  /** The same after a Ctrl-C. */
  stop(): Promise<number | null>;
}

export interface StackOptions {
  /** Who is told of alerts; without it they are printed, or in a file while a command runs. */
  webhook?: string;
  /** A folder of rules instead of alerts/. */
  alerts?: string;
  /** Of scrapes and of rules; as shipped by default. */
  scrapeInterval?: string;
  groupWait?: string;
  groupInterval?: string;
  /** A folder that stays. */
  data?: string;
  /** What runs in it: the stack ends with it. */
  command?: readonly string[];
}

/** compose/run-local.sh on free ports: the shipped configuration in real servers. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const [pushgateway, prometheus, alertmanager, webhook] = await freePorts(4);
  const variables = {
    PUSHGATEWAY_PORT: pushgateway,
    PROMETHEUS_PORT: prometheus,
    ALERTMANAGER_PORT: alertmanager,
    WEBHOOK_PORT: webhook,
    WEBHOOK_URL: options.webhook,
    ALERTS: options.alerts,
    SCRAPE_INTERVAL: options.scrapeInterval,
    GROUP_WAIT: options.groupWait,
    GROUP_INTERVAL: options.groupInterval,
    DATA: options.data,
  };
  const guarded = spawnGuarded(join(COMPOSE, 'run-local.sh'), options.command ?? [], {
    env: { PATH: process.env.PATH, ...variables },
  });
  const ended = async () => (await guarded.exited).code;
  await until(
    'the stack',
    () => {
      if (/^ready: /m.test(guarded.output())) return true;
      if (guarded.ended()) throw new Error(`the stack did not start:\n${guarded.output()}`);
      return false;
    },
    40_000,
  );
  return {
    pushgateway: `http://127.0.0.1:${pushgateway}`,
    prometheus: `http://127.0.0.1:${prometheus}`,
    alertmanager: `http://127.0.0.1:${alertmanager}`,
    output: guarded.output,
    until: (what, probe, timeoutMs) =>
      until(
        what,
        () => {
          if (guarded.ended()) throw new Error(`the stack ended:\n${guarded.output()}`);
          return probe();
        },
        timeoutMs,
      ),
    ended,
    stop: async () => {
      guarded.kill('SIGINT');
      return await ended();
    },
  };
}
