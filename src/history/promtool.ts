import { execFile } from 'node:child_process';
import { RagmonError } from '../errors.js';

const HINT =
  'it comes with Prometheus (apt install prometheus, brew install prometheus, ' +
  'https://prometheus.io/download/); --format openmetrics does without it';

/** @throws RagmonError when there is no such program, or it is not promtool */
export async function checkPromtool(promtool: string): Promise<void> {
  await run(promtool, ['--version'], undefined);
}

/**
 * Makes blocks from one OpenMetrics file: one, where the file lies within one block's duration.
 * @param duration of a block, seconds, a multiple of hours
 * @throws RagmonError with what promtool said
 */
export async function createBlocks(
  promtool: string,
  file: string,
  folder: string,
  duration: number,
  signal: AbortSignal,
): Promise<void> {
  const longest = `--max-block-duration=${duration / 3600}h`;
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', longest, file, folder], signal);
}

async function run(
  promtool: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(promtool, args, signal ? { signal } : {}, (error, _, stderr) => {
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
