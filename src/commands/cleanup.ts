import type { Command } from 'commander';
import type { Env } from '../env.js';
import type { CleanupFlags } from './cleanup/flags.js';
import { addConnectionOptions, collect } from './connection.js';

const EXAMPLES = `
A group goes when nothing holds it: it was selected, ragmon pushed it, its last push, successful or
failed, is long enough ago by the gateway's clock, its job ended (--finished), and it is not among
the newest of its job (--keep). -s, --job and --match narrow one another; of one given several times
any may match. A group that is pushed again before its turn is left alone.

Examples:
  ragmon cleanup --dry-run                          what would go, what would stay, and why
  ragmon cleanup --older-than 1h --keep 3           the three newest of each job stay
  ragmon cleanup --match '{job=~"chat.*",cluster="dev"}' --any-owner
  ragmon cleanup --finished --older-than 1d --every 1h   a janitor: the missing time to live

Exit codes: 0 the plan was carried out (an empty one too), 1 something in it was not deleted,
2 wrong usage, 130 or 143 stopped by a signal.`;

/** `ragmon cleanup`: deletes stale groups. */
export function registerCleanup(program: Command, env: Env, done: (code: number) => void): void {
  const command = program
    .command('cleanup')
    .description(
      'Deletes the stale groups of a Pushgateway, which itself never forgets one: ragmon’s own, ' +
        'unless told otherwise. Looks again before it deletes, and afterwards whether it is so.',
    )
    .option('--older-than <d>', 'stale: last push this long ago; 0: whenever (default: 10m)')
    .option(
      '-s, --service <names...>',
      'only jobs of these services: vectorlens, docstore, chatapi; or all',
    )
    .option('--job <glob>', 'only jobs like this, repeatable: chat*', collect)
    .option('--match <selector>', 'only keys like this, repeatable: \'{cluster="dev"}\'', collect)
    .option('--any-owner', 'also groups that ragmon did not push; with --job, --match or --yes')
    .option('--finished', 'only groups whose job said that it ended')
    .option('--keep <n>', 'keep the newest n of each job, of all that are selected (default: 0)')
    .option('--dry-run', 'print the plan, delete nothing')
    .option('--every <d>', 'stay and sweep at this interval, until stopped')
    .option('--wait <d>', 'before deleting, for a last scrape (default: 0)')
    .option('--max <n>', 'refuse a plan with more deletions')
    .option('-y, --yes', 'do not ask before deleting more than 20 groups of others')
    .option('--json', 'one JSON document on stdout; with --every one a sweep, a line each')
    .option('-q, --quiet', 'no table, no progress, no summary')
    .option('-v, --verbose', 'the whole table; errors with their stack')
    .option('--no-color', 'no colour, no cursor movement');
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CleanupFlags) => {
      const { cleanup } = await import('./cleanup/act.js');
      done(await cleanup(flags, env));
    });
}
