import { once } from 'node:events';
import type { Env, StopSignal } from '../../env.js';
import { EXIT, messageOf, RagmonError, UsageError } from '../../errors.js';
import type { Ledger } from '../../ledger/ledger.js';
import { iso } from '../../ledger/times.js';
import { createPushClient } from '../../pushgateway/client.js';
import { incidentsOf } from '../../run/ledger.js';
import { type Plan, planRun } from '../../run/plan.js';
import { type RunResult, runPlan } from '../../run/run.js';
import { colours } from '../../ui/colours.js';
import { createLineReporter } from '../../ui/line-reporter.js';
import { createLiveView, type View } from '../../ui/live-view.js';
import { renderSummary } from '../../ui/render-summary.js';
import { type Summary, summarise } from '../../ui/summary.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import type { SimulateFlags } from './flags.js';
import { type RunGateway, runGateway } from './gateway.js';
import { runOptionsOf } from './options.js';

/** Without a terminal: a line of progress after this many ticks. */
const TICKS_PER_LINE = 6;

/** `ragmon simulate`: flags → plan → run → report. Resolves to the exit code. */
export async function simulate(flags: SimulateFlags, env: Env): Promise<number> {
  const plan = planRun(await runOptionsOf(flags, env));
  const ledgerPath = flags.ledger ?? (env.vars.RAGMON_LEDGER || undefined);
  if (ledgerPath !== undefined) await checkLedgerPath(env, ledgerPath);
  if (flags.dryRun) return await playDry(plan, flags, env, ledgerPath);

  const gateway = await runGateway(flags, env);
  try {
    return await playLive(plan, gateway, flags, env, ledgerPath);
  } finally {
    await gateway.own?.close();
  }
}

async function playLive(
  plan: Plan,
  { connection, own, note }: RunGateway,
  flags: SimulateFlags,
  env: Env,
  ledgerPath: string | undefined,
): Promise<number> {
  const client = createPushClient({ ...connection, clock: env, random: env.random });
  const view = viewOf(flags, env);
  const stop = stopper(env, () => view.end());
  try {
    if (note) view.note(note);
    // Of a gateway of its own nobody knows yet, and no alert.
    if (!own && plan.options.scenario) {
      const { keepsSilent } = await import('./keeps-silent.js');
      for (const line of keepsSilent(plan)) view.note(line);
    }
    const result = await runPlan({
      plan: own ? unheld(plan) : plan,
      client,
      clock: env,
      observer: view,
      stop: stop.signal,
      grace: (connection.timeoutMs ?? 10_000) / 1000,
      embedded: own !== undefined,
    });
    view.end({ clear: !flags.json && env.stdout.isTTY });
    const facts = { gateway: client.url, embedded: own !== undefined, ledgerPath };
    show(summaryOf(plan, result, facts), flags, env);
    await writeLedger(env, ledgerPath, result.ledger);
    if (flags.hold && own && !stop.signal.aborted) {
      view.note(`the gateway stays up at ${own.url} until it is stopped (Ctrl-C)`);
      await once(stop.signal, 'abort');
    }
    return exitCode(result, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    view.note(stopText(stop.signal, error, 'pushed'));
    return signalCode(stop.signal);
  } finally {
    view.end();
    stop.release();
    await client.close();
  }
}

/** Nobody scrapes a gateway that has only just been started: its groups are not held at zero. */
function unheld(plan: Plan): Plan {
  return { ...plan, options: { ...plan.options, warmup: plan.options.warmup ?? 0 } };
}

async function playDry(
  plan: Plan,
  flags: SimulateFlags,
  env: Env,
  ledgerPath: string | undefined,
): Promise<number> {
  const { dryRun } = await import('../../run/dry-run.js');
  const view = viewOf({ ...flags, quiet: true }, env);
  const stop = stopper(env);
  try {
    const { ledger, text } = await dryRun(plan, env, view, stop.signal);
    env.stdout.write(flags.json ? `${JSON.stringify(ledger)}\n` : text);
    await writeLedger(env, ledgerPath, () => ledger);
    return EXIT.done;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    view.note(stopText(stop.signal, error, 'written'));
    return signalCode(stop.signal);
  } finally {
    stop.release();
  }
}

function viewOf(flags: SimulateFlags, env: Env): View {
  const view = flags.quiet ? silentView(env) : progressView(flags, env);
  return { ...view, note: (line) => view.note(`ragmon: ${line}`) };
}

function silentView({ stderr }: Env): View {
  return { update: () => {}, note: (line) => stderr.write(`${line}\n`), end: () => {} };
}

function progressView(flags: SimulateFlags, env: Env): View {
  const { live, palette } = colours(env.stderr, env.vars, flags.color === false);
  return live
    ? createLiveView(env.stderr, palette)
    : createLineReporter(env.stderr, flags.verbose ? 1 : TICKS_PER_LINE);
}

function summaryOf(
  plan: Plan,
  { end, progress, failures, stoppedBy }: RunResult,
  facts: Pick<Summary, 'gateway' | 'embedded' | 'ledgerPath'>,
): Summary {
  const { runId, seed, start, scenario } = plan.options;
  return summarise(progress, {
    runId,
    seed,
    start: iso(start * 1000),
    end: iso(end * 1000),
    scenario: scenario?.name ?? null,
    incidents: incidentsOf(plan, end),
    ...facts,
    failures,
    stoppedBy: stoppedBy ?? null,
  });
}

function show(summary: Summary, flags: SimulateFlags, env: Env): void {
  if (flags.json) env.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (!flags.quiet) {
    const { palette } = colours(env.stdout, env.vars, flags.color === false);
    env.stdout.write(renderSummary(summary, palette, env.stdout.columns));
  }
  const { failures, total } = summary;
  const [first] = failures;
  if (!first) return;
  const share = `${failures.length} of ${total.jobs} groups`;
  const what = first.error.includes(first.group) ? first.error : `${first.group}: ${first.error}`;
  env.stderr.write(`ragmon: ${share} not as they should be: ${what}\n`);
}

function exitCode({ failures }: RunResult, stop: AbortSignal): number {
  if (stop.aborted) return signalCode(stop);
  return failures.length > 0 ? EXIT.failed : EXIT.done;
}

/** What a run says that a signal ended before it could do anything; or that failed after one. */
function stopText({ reason }: AbortSignal, error: unknown, done: string): string {
  const how = error === reason ? ` before anything was ${done}` : `: ${messageOf(error)}`;
  return `stopped by ${reason}${how}`;
}

function signalCode({ reason }: AbortSignal): number {
  return SIGNAL_CODES[reason as StopSignal];
}

async function checkLedgerPath(env: Env, path: string): Promise<void> {
  try {
    await env.checkWritable(path);
  } catch (cause) {
    throw new UsageError(`cannot write the ledger: ${messageOf(cause)}`, { cause });
  }
}

async function writeLedger(
  env: Env,
  path: string | undefined,
  ledger: () => Ledger,
): Promise<void> {
  if (path === undefined) return;
  try {
    await env.writeFile(path, `${JSON.stringify(ledger(), null, 1)}\n`);
  } catch (cause) {
    throw new RagmonError(`cannot write the ledger: ${messageOf(cause)}`, { cause });
  }
}
