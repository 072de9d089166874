import { execFile } from 'node:child_process';
import { RagmonError } from '../../errors.js';

const HINT =
  'it comes with Prometheus (apt install prometheus, brew install prometheus, ' +
  'https://prometheus.io/download/); --format openmetrics does without it';

type Vars = Readonly<Record<string, string | undefined>>;

/** @throws RagmonError when there is no such program, or it is not promtool */
export async function checkPromtool(promtool: string, vars: Vars): Promise<void> {
  await run(promtool, ['--version'], { env: { ...vars } });
}

/**
 * Makes blocks from one OpenMetrics file: one, where the file lies within one block's duration.
 * @param duration of a block, seconds, a multiple of hours
 * @param vars environment variables
 * @throws RagmonError with what promtool said
 */
export async function createBlocks(
  promtool: string,
  file: string,
  folder: string,
  duration: number,
  vars: Vars,
  signal: AbortSignal,
): Promise<void> {
  const longest = `--max-block-duration=${duration / 3600}h`;
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', longest, file, folder], {
    signal,
    env: { ...vars },
  });
}

async function run(
  promtool: string,
  args: readonly string[],
  options: { signal?: AbortSignal; env: NodeJS.ProcessEnv },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(promtool, args, options, (error, _, stderr) => {
      if (!error) resolve();
      else reject(failure(promtool, error, stderr));
    });
  });
}

function failure(promtool: string, error: Error & { code?: unknown }, stderr: string): RagmonError {
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new RagmonError(`cannot run ${promtool}, which makes the blocks`, {
      hint: HINT,
      cause: error,
    });
  }
  const said = stderr.trim().split('\n').at(-1) || error.message.split('\n')[0];
  return new RagmonError(`promtool failed: ${said}`, { cause: error });
}
