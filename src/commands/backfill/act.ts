import type { Env, StopSignal } from '../../env.js';
import { EXIT, messageOf, RagmonError, UsageError } from '../../errors.js';
import { inChunks } from '../../history/daily/chunks.js';
import { dailyRows } from '../../history/daily/days.js';
import { colours } from '../../ui/colours.js';
import { createProgressBar, type ProgressBar } from '../../ui/progress-bar.js';
import { SIGNAL_CODES, stopper } from '../stopper.js';
import type { BackfillFlags } from './flags.js';
import { type BackfillOptions, backfillOptionsOf, STDOUT } from './options.js';
import { paced } from './paced.js';
import { createSums } from './sums.js';
import { summaryDocument, summaryText } from './words.js';

/** `ragmon backfill`: flags → options → files → report. Resolves to the exit code. */
export async function backfill(flags: BackfillFlags, env: Env): Promise<number> {
  const options = await backfillOptionsOf(flags, env);
  const { output, beside } = options;
  const files = [...(output === STDOUT ? [] : [output]), ...beside.keys()];
  for (const path of files) await checkFile(path, flags, env);

  const bar = barOf(flags, env);
  const { signal: stop, release } = stopper(env, () => bar.end());
  try {
    const sums = await writeDays(options, { env, bar, stop });
    for (const [path, text] of beside) await write(path, text, env);
    bar.end();
    report(options, sums, flags, env);
    return EXIT.done;
  } catch (error) {
    if (!stop.aborted || causeOf(error) !== stop.reason) throw error;
    bar.end();
    const what = output === STDOUT ? 'the rows end here' : `${output} was not written`;
    env.stderr.write(`ragmon: stopped by ${stop.reason}: ${what}\n`);
    return SIGNAL_CODES[stop.reason as StopSignal];
  } finally {
    bar.end();
    release();
  }
}

/** Before any work: a file that is there is kept, and one that cannot be written is found. */
async function checkFile(path: string, { force }: BackfillFlags, env: Env): Promise<void> {
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

async function writeDays(
  { world, columns, range, format, output }: BackfillOptions,
  { env, bar, stop }: { env: Env; bar: ProgressBar; stop: AbortSignal },
): Promise<ReadonlyMap<string, string>> {
  const writer = await format.load();
  const sums = createSums(columns);
  const rows = sums.over(dailyRows(world, columns, range.from, range.to));
  const pieces = writer(columns, paced(rows, range.to - range.from, { clock: env, bar, stop }));
  if (output === STDOUT) {
    for await (const piece of pieces) env.stdout.write(`${piece}`);
  } else {
    await write(output, inChunks(pieces), env);
  }
  return sums.text();
}

async function write(path: string, content: Parameters<Env['writeFile']>[1], env: Env) {
  try {
    await env.writeFile(path, content);
  } catch (cause) {
    throw new RagmonError(`cannot write ${messageOf(cause)}`, { cause });
  }
}

/** What the first error of a chain was: `writeFile` gives its own to what its content throws. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error;
}

function barOf(flags: BackfillFlags, env: Env): ProgressBar {
  const { live, palette } = colours(env.stderr, env.vars, flags.color === false);
  if (!live || flags.quiet) return { update: () => {}, end: () => {} };
  return createProgressBar(env.stderr, palette, { what: 'days', clock: env });
}

/** The result is the file; where that is stdout itself, what is said of it goes to stderr. */
function report(
  options: BackfillOptions,
  sums: ReadonlyMap<string, string>,
  flags: BackfillFlags,
  env: Env,
): void {
  if (flags.json) env.stdout.write(`${JSON.stringify(summaryDocument(options, sums))}\n`);
  else if (!flags.quiet) {
    const stream = options.output === STDOUT ? env.stderr : env.stdout;
    const { palette } = colours(stream, env.vars, flags.color === false);
    stream.write(summaryText(options, sums, palette));
  }
}
