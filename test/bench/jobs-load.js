// @ts-check
// Runs `ragmon simulate` with these arguments in this process; prints its peak memory in MB.
import { run } from '../../dist/cli.js';
import { processEnv } from '../../dist/env.js';

const silent = { isTTY: false, columns: 80, write: () => {}, room: async () => true };
const env = await processEnv();
const code = await run({ ...env, argv: process.argv.slice(2), stdout: silent, stderr: silent });
if (code !== 0) throw new Error(`exit code ${code}`);
process.stdout.write(`${process.resourceUsage().maxRSS / 1024}\n`);
