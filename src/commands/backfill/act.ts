import type { Env, StopSignal } from '../../env.js';
import { EXIT, messageOf, UsageError } from '../../errors.js';
import { colours } from '../../ui/colours.js';
import { createProgressBar, type ProgressBar } from '../../ui/progress-bar.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import { writeFile } from './deliver.js';
import type { BackfillFlags } from './flags.js';
import { type Beside, STDOUT, type Task } from './form.js';
import { formatNamed, loadForm } from './formats.js';
import { type Past, pastOf } from './options.js';
import { lateBar, NO_BAR } from './paced.js';
import { truthOf } from './truth.js';
import { type Done, summaryDocument, summaryText } from './words.js';

/** `ragmon backfill`: flags → past → task → files → report. Resolves to the exit code. */
export async function backfill(flags: BackfillFlags, env: Env): Promise<number> {
  const format = formatNamed(flags);
  const form = await loadForm(format);
  const past = await pastOf(flags, await form.span(flags, env), env);
  const task = await form.plan(past, flags, env);
  const truth: readonly Beside[] =
    flags.events === undefined
      ? []
      : [{ flag: '--events', path: flags.events, text: truthOf(past) }];
  const beside = [...task.beside, ...truth];
  await checkFiles(task, beside, flags, env);
  if (!flags.quiet) for (const line of notices(past, env)) env.stderr.write(`ragmon: ${line}\n`);

  const bar = lateBar(barOf(task, flags, env), env);
  const { signal: stop, release } = stopper(env, () => bar.end());
  try {
    const result = await task.write(env, { bar, stop });
    for (const { path, text = '' } of truth) await writeFile(path, text, env);
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

/** What is as it was asked for, and perhaps not as it was meant. */
function notices({ span, world, scenario }: Past, env: Env): readonly string[] {
  const over = span.to * 1000 <= env.now();
  const struck = !scenario.includes('@') || (world.options.incidents ?? []).length > 0;
  return [
    ...(over ? [] : ['not all of these days are over: the rest is what they will bring']),
    ...(struck ? [] : [`no incident of ${scenario} is in these days`]),
  ];
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
  const taken = new Set<string>();
  if (!folder && output !== STDOUT) taken.add(await checkFile(output, force, env));
  for (const { flag, path, text } of beside) {
    if (path === STDOUT) throw new UsageError(`${flag} needs the name of a file`);
    if (taken.has(await placeOf(path, env))) {
      throw new UsageError(`${flag}: another file is to be written to ${path}`);
    }
    // Where a folder is gone on with, what stands beside it is what it was.
    const same = folder && text !== undefined && (await holds(path, text, env));
    taken.add(await checkFile(path, force || same, env));
  }
}

/** Resolves to the file that would be written, whatever its path says. */
async function checkFile(path: string, force: boolean | undefined, env: Env): Promise<string> {
  const place = await placeOf(path, env);
  if (force || (await env.fileVersion(path)) === undefined) return place;
  throw new UsageError(`${path} is there already`, {
    hint: 'name another file, or overwrite it with --force',
  });
}

async function placeOf(path: string, env: Env): Promise<string> {
  return await env.checkWritable(path).catch((cause: unknown) => {
    throw new UsageError(`cannot write ${messageOf(cause)}`, { cause });
  });
}

async function holds(path: string, text: string, env: Env): Promise<boolean> {
  return (await env.readFile(path).catch(() => undefined)) === text;
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
