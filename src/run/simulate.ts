import { SYSTEM } from '../env.js';
import { type HistoryLedger, historyLedger } from '../ledger/history-ledger.js';
import type { Ledger } from '../ledger/ledger.js';
import { createPushClient, type PushClientOptions } from '../pushgateway/client.js';
import { type AnyScenario, isDated } from '../world/dated.js';
import { checkOptions } from './check-options.js';
import { continueFrom } from './continue.js';
import { scenarioNamed, servicesNamed } from './names.js';
import type { Observer } from './observer.js';
import { type GivenOptions, runOptions } from './options.js';
import { planRun, type RunOptions } from './plan.js';
import type { Failure } from './play.js';
import { runPlan, type StopReason } from './run.js';

/**
 * What `ragmon simulate` does, as numbers: all times in seconds, `start` in Unix seconds. What is
 * left out is as on the command line: a minute of all services, at one request per second.
 */
export interface SimulateOptions extends Omit<GivenOptions, 'services' | 'scenario' | 'continued'> {
  /**
   * Where to push: a URL, or a gateway that runs in this process. Groups of the latter are not held
   * at zero unless `warmup` says so: nobody scrapes it, as a rule.
   */
  readonly gateway: string | { readonly url: string };
  /** How to get into it, and how patiently. */
  readonly connection?: Omit<PushClientOptions, 'url' | 'clock' | 'random'> | undefined;
  /** Names: `vectorlens`, `docstore`, `chatapi`; all by default. */
  readonly services?: readonly string[] | undefined;
  /** A name, or a script of one's own, from the start of the run or with dates. */
  readonly scenario?: string | AnyScenario | undefined;
  /** The ledger of a history: the run goes on from its end, with its world, groups and counters. */
  readonly continue?: HistoryLedger | undefined;
  /** Ends the run at this moment of its world, with a last push. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: Observer | undefined;
}

export interface SimulateResult {
  readonly ledger: Ledger;
  /** Groups that are not as the run should leave them. */
  readonly failures: readonly Failure[];
  /** `abort` where `signal` ended the run before its time. */
  readonly stoppedBy: StopReason | undefined;
}

/**
 * Simulates and pushes, in this process, without touching anything else of it; several may run at
 * once. Rejects with a UsageError for options that cannot be, with a PushError when the gateway
 * cannot be read at the start or a new group not be pushed, and with the signal's reason when that
 * aborts before the world has begun.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const { gateway, connection, signal, observer, ...given } = options;
  signal?.throwIfAborted();
  const embedded = typeof gateway !== 'string';
  const run: RunOptions = runOptions(
    { ...givenOptions(given), warmup: given.warmup ?? (embedded ? 0 : undefined) },
    SYSTEM,
  );
  checkOptions(run);
  const plan = planRun(run);
  const client = createPushClient({ ...connection, url: embedded ? gateway.url : gateway });
  try {
    const { ledger, failures, stoppedBy } = await runPlan({
      ...{ plan, client, clock: SYSTEM, embedded },
      observer: observer ?? { update: () => {}, note: () => {} },
      // A signal of its own: the one given may serve many runs.
      stop: AbortSignal.any(signal ? [signal] : []),
      grace: (connection?.timeoutMs ?? 10_000) / 1000,
    });
    return { ledger: ledger(), failures, stoppedBy };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await client.close();
  }
}

function givenOptions({
  continue: document,
  services: names,
  scenario,
  ...given
}: Omit<SimulateOptions, 'gateway' | 'connection' | 'signal' | 'observer'>): GivenOptions {
  const services = names && servicesNamed('services', names);
  if (document !== undefined) {
    const ledger = historyLedger(document, 'continue');
    const asked = typeof scenario === 'object' && !isDated(scenario) ? scenario.name : scenario;
    return continueFrom(
      ledger,
      { ...given, services, scenario: asked },
      SYSTEM,
      (option) => option,
    );
  }
  return {
    ...given,
    services,
    scenario: typeof scenario === 'string' ? scenarioNamed('scenario', scenario) : scenario,
  };
}
