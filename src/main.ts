import { run } from './cli.js';
import { processEnv } from './env.js';
import { exitCodeOf, renderError } from './errors.js';

// Set, not called: what stdout and stderr still hold is written before the process ends.
try {
  const exitCode = await run(await processEnv());
  process.exitCode ||= exitCode;
} catch (error) {
  // Of `processEnv`: `run` throws nothing.
  const verbose = process.argv.includes('-v') || process.argv.includes('--verbose');
  process.stderr.write(renderError(error, verbose));
  process.exitCode = exitCodeOf(error);
}
