import { goes } from '../../cleanup/plan.js';
import { type Sweep, type SweepPlan, sweep } from '../../cleanup/sweep.js';
import type { Env, StopSignal } from '../../env.js';
import { EXIT, messageOf, RagmonError, renderError, UsageError } from '../../errors.js';
import { createPushClient, type PushClient } from '../../pushgateway/client.js';
import { colours } from '../../ui/colours.js';
import { duration, instant } from '../../ui/format.js';
import { createProgressBar, type ProgressBar } from '../../ui/progress-bar.js';
import { connectionOf } from '../connection.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import { documentOf, type Known } from './document.js';
import type { CleanupFlags } from './flags.js';
import { type CleanupOptions, cleanupOptionsOf } from './options.js';
import { planNotes, planTable, summaryLine, sweepNotes } from './words.js';

/** More groups of others than this are not deleted unasked. */
const UNASKED = 20;
/** More deletions than this take so long that a bar is worth it. */
const UNSEEN = 100;

interface Call {
  readonly flags: CleanupFlags;
  readonly env: Env;
  readonly options: CleanupOptions;
  readonly client: PushClient;
  readonly bar: ProgressBar;
  readonly stop: AbortSignal;
  /** Seconds that deletions under way may take after a stop. */
  readonly grace: number;
}

/** `ragmon cleanup`: flags → plan → sweep → report. Resolves to the exit code. */
export async function cleanup(flags: CleanupFlags, env: Env): Promise<number> {
  const connection = await connectionOf(flags, env);
  const options = cleanupOptionsOf(flags, connection.concurrency ?? 8);
  const client = createPushClient({ ...connection, clock: env, random: env.random });
  const bar = barOf(flags, env);
  const { signal: stop, release } = stopper(env, () => bar.end());
  const grace = Math.min(10, (connection.timeoutMs ?? 10_000) / 1000);
  const call: Call = { flags, env, options, client, bar, stop, grace };
  try {
    if (options.every === undefined) return await sweepOnce(call);
    return await sweepEvery(options.every, call);
  } finally {
    bar.end();
    release();
    await client.close();
  }
}

/** One sweep after the other. One that fails is no reason to end: the next may find a gateway. */
async function sweepEvery(every: number, call: Call): Promise<number> {
  const { env, flags, stop } = call;
  while (!stop.aborted) {
    const next = env.monotonic() + every * 1000;
    try {
      await sweepOnce(call);
    } catch (error) {
      if (!(error instanceof RagmonError)) throw error;
      env.stderr.write(renderError(error, flags.verbose));
    }
    await env.sleep(Math.max(0, next - env.monotonic()), stop);
  }
  if (!flags.quiet && !flags.json) env.stderr.write(`ragmon: stopped by ${stop.reason}\n`);
  return SIGNAL_CODES[stop.reason as StopSignal];
}

async function sweepOnce(call: Call): Promise<number> {
  const { flags, env, options, client, bar, stop, grace } = call;
  let plan: SweepPlan | undefined;
  let result: Sweep | undefined;
  const stoppedBy = () => (stop.aborted ? (stop.reason as StopSignal) : undefined);
  const finish = (error?: unknown) => {
    bar.end();
    const known = { sweep: result, dryRun: options.sweep.dryRun, stoppedBy: stoppedBy() };
    if (plan)
      report({ ...known, plan, error: error === undefined ? undefined : messageOf(error) }, call);
  };
  try {
    result = await sweep({
      ...{ options: options.sweep, client, clock: env, stop, grace },
      observer: {
        planned: (made) => {
          plan = made;
          showPlan(made, call);
          noteWait(made, call);
        },
        approve: (made) => approve(made, flags, env, stop),
        progress: (done, total) => {
          if (total > UNSEEN) bar.update(done, total);
        },
      },
    });
  } catch (error) {
    finish(error);
    const signal = stoppedBy();
    if (signal) return SIGNAL_CODES[signal];
    throw error;
  }
  finish();
  const signal = stoppedBy();
  if (signal) return SIGNAL_CODES[signal];
  const { failures, left, unverified } = result;
  return failures.length + left.length > 0 || unverified ? EXIT.failed : EXIT.done;
}

/** Whether many groups of others may go: with --yes, or when the person at the terminal says so. */
async function approve(
  { entries }: SweepPlan,
  flags: CleanupFlags,
  env: Env,
  stop: AbortSignal,
): Promise<boolean> {
  const others = entries.filter((entry) => goes(entry) && !entry.own).length;
  if (flags.yes || others <= UNASKED) return true;
  const what = `${others} groups that ragmon did not push`;
  const answer = await env.ask(`Delete ${what}? [y/N] `, stop);
  if (answer !== undefined) return /^y(es)?$/i.test(answer.trim());
  throw new UsageError(`${what} would be deleted: that needs --yes`, {
    hint: 'look at them with --dry-run',
  });
}

function barOf(flags: CleanupFlags, env: Env): ProgressBar {
  const { live, palette } = colours(env.stderr, env.vars, flags.color === false);
  if (!live || flags.quiet) return { update: () => {}, end: () => {} };
  return createProgressBar(env.stderr, palette, { what: 'deleting', clock: env });
}

/** The table, where somebody looks or asked for the plan alone; a log has the summaries. */
function showPlan(plan: SweepPlan, { flags, env, options }: Call): void {
  for (const line of planNotes(plan)) env.stderr.write(`ragmon: ${line}\n`);
  const { dryRun } = options.sweep;
  const quiet = flags.json || flags.quiet || !(dryRun || flags.verbose || env.stdout.isTTY);
  // A janitor on a terminal: what stays, again and again, is no news.
  if (quiet || (options.every !== undefined && !plan.entries.some(goes))) return;
  const { palette } = colours(env.stdout, env.vars, flags.color === false);
  const whole = dryRun || flags.verbose === true;
  const width = env.stdout.isTTY ? env.stdout.columns : Number.POSITIVE_INFINITY;
  const { olderThan } = options;
  for (const line of planTable(plan, { palette, olderThan, whole, width })) {
    env.stdout.write(`${line}\n`);
  }
}

/** Before many seconds pass in silence. */
function noteWait({ entries }: SweepPlan, { flags, env, options }: Call): void {
  const { wait, dryRun } = options.sweep;
  if (flags.quiet || wait === 0 || dryRun || !entries.some(goes)) return;
  env.stderr.write(`ragmon: looking again in ${duration(wait)}, then deleting\n`);
}

function report(known: Known, { flags, env, options }: Call): void {
  const { sweep: result } = known;
  const { olderThan } = options;
  if (flags.json) env.stdout.write(`${JSON.stringify(documentOf(known))}\n`);
  else if (!flags.quiet && result) {
    const time = options.every === undefined ? '' : `${instant(env.now())} `;
    env.stdout.write(`${time}${summaryLine(result, { olderThan, dryRun: known.dryRun })}\n`);
  }
  for (const line of result ? sweepNotes(result) : []) env.stderr.write(`ragmon: ${line}\n`);
}
