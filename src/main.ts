import { run } from './cli.js';
import { start } from './env.js';

await start(run);
