import type { Env, StopSignal } from '../../env.js';
import { EXIT, messageOf, UsageError } from '../../errors.js';
import { colours } from '../../ui/colours.js';
import { createProgressBar, type ProgressBar } from '../../ui/progress-bar.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import { writeFile } from './deliver.js';
import type { BackfillFlags } from './flags.js';
import { type Beside, STDOUT, type Task } from './form.js';
import { formatNamed, loadForm } from './formats.js';
import { pastOf } from './options.js';
import { lateBar, NO_BAR } from './paced.js';
import { truthOf } from './truth.js';
import { type Done, summaryDocument, summaryText } from './words.js';

/** `ragmon backfill`: flags → past → task → files → report. Resolves to the exit code. */
export async function backfill(flags: BackfillFlags, env: Env): Promise<number> {
  const format = formatNamed(flags);
  const form = await loadForm(format);
  const past = await pastOf(flags, await form.span(flags, env), env);
  const task = await form.plan(past, flags, env);
  const truth = flags.events === undefined ? [] : [{ flag: '--events', path: flags.events }];
  const beside = [...task.beside, ...truth];
  await checkFiles(task, beside, flags, env);
  if (past.span.to * 1000 > env.now() && !flags.quiet) {
    env.stderr.write('ragmon: not all of these days are over: the rest is what they will bring\n');
  }

  const bar = lateBar(barOf(task, flags, env), env);
  const { signal: stop, release } = stopper(env, () => bar.end());
  try {
    const result = await task.write(env, { bar, stop });
    for (const { path } of truth) await writeFile(path, truthOf(past), env);
    bar.end();
    // Whoever stopped reading does not ask what the rest was.
    const read = task.output !== STDOUT || (await env.stdout.room());
    if (read) report({ format, task, beside, past, result }, flags, env);
    return EXIT.done;
  } catch (error) {
    if (!stop.aborted || causeOf(error) !== stop.reason) throw error;
    bar.end();
    env.stderr.write(`ragmon: stopped by ${stop.reason}: ${task.stopped()}\n`);
    return SIGNAL_CODES[stop.reason as StopSignal];
  } finally {
    bar.end();
    release();
  }
}

/** Before any work: a file that is there is kept, and one that cannot be written is found. */
async function checkFiles(
  { output, folder }: Task,
  beside: readonly Beside[],
  { json, force }: BackfillFlags,
  env: Env,
): Promise<void> {
  if (output === STDOUT && json) {
    throw new UsageError('--json and -o - both write to stdout: name a file with -o');
  }
  const taken = new Set([output]);
  for (const { flag, path } of beside) {
    if (path === STDOUT) throw new UsageError(`${flag} needs the name of a file`);
    if (taken.has(path)) {
      throw new UsageError(`${flag}: another file is to be written to ${path}`);
    }
    taken.add(path);
  }
  if (folder || output === STDOUT) taken.delete(output);
  for (const path of taken) await checkFile(path, force, env);
}

async function checkFile(path: string, force: boolean | undefined, env: Env): Promise<void> {
  try {
    await env.checkWritable(path);
  } catch (cause) {
    throw new UsageError(`cannot write ${messageOf(cause)}`, { cause });
  }
  if (force || (await env.fileVersion(path)) === undefined) return;
  throw new UsageError(`${path} is there already`, {
    hint: 'name another file, or overwrite it with --force',
  });
}

/** What the first error of a chain was: `writeFile` gives its own to what its content throws. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error;
}

function barOf({ unit }: Task, flags: BackfillFlags, env: Env): ProgressBar {
  const { live, palette } = colours(env.stderr, env.vars, flags.color === false);
  if (!live || flags.quiet) return NO_BAR;
  return createProgressBar(env.stderr, palette, { what: unit, clock: env });
}

/** The result is the file; where that is stdout itself, what is said of it goes to stderr. */
function report(done: Done, flags: BackfillFlags, env: Env): void {
  if (flags.json) env.stdout.write(`${JSON.stringify(summaryDocument(done))}\n`);
  else if (!flags.quiet) {
    const stream = done.task.output === STDOUT ? env.stderr : env.stdout;
    const { palette } = colours(stream, env.vars, flags.color === false);
    stream.write(summaryText(done, palette));
  }
}
