import { run } from './cli.js';
import { processEnv } from './env.js';

// Set, not called: what stdout and stderr still hold is written before the process ends.
const exitCode = await run(await processEnv());
process.exitCode ||= exitCode;
