import type { Command } from 'commander';
import type { Env } from '../env.js';
import { addAccessOptions, addGatewayOption, collect, DEFAULT_GATEWAY } from './connection.js';
import type { SimulateFlags } from './simulate/flags.js';

const EXAMPLES = `
Examples:
  ragmon simulate --service chatapi                    one service, for a minute
  ragmon simulate --duration 15m --scenario error-burst
  ragmon simulate --duration 1d --dry-run --seed demo  a day's exposition, at once, on stdout
  ragmon simulate --rate 1000 --jobs 50 --job-lifetime 30s --duration inf
  ragmon simulate -g http://gateway:9091 --ledger run.json && ragmon verify run.json
  ragmon simulate --duration 10s --hold                no gateway at hand: one of its own stays up
  ragmon simulate --continue data/ragmon-ledger.json --duration inf   after ragmon backfill

Exit codes: 0 done, 1 failed (what is stored is not what it should be), 2 wrong usage,
130 or 143 stopped by a signal.`;

const WHICH = `Pushgateway, or embedded ($PUSHGATEWAY_URL, else ${DEFAULT_GATEWAY}, where embedded steps in if nobody answers)`;

/** `ragmon simulate`: plays the world live and pushes each service's groups. */
export function registerSimulate(program: Command, env: Env, done: (code: number) => void): void {
  const command = program
    .command('simulate')
    .option('-s, --service <names...>', 'vectorlens, docstore, chatapi; or all (default: all)')
    .option('-d, --duration <d>', 'world time to play, or inf: until stopped (default: 1m)')
    .option('-i, --interval <d>', 'wall time from push to push (default: 5s)')
    .option('--jobs <n>', 'concurrent jobs a service, which share its traffic (default: 1)')
    .option('--job-lifetime <d>', 'a job ends after this world time and the next begins')
    .option('--rate <rps>', 'mean user requests per second (default: 1)')
    .option('--profile <shape>', 'daily or flat (default: daily)')
    .option('--seed <text>', 'seed of the world ($RAGMON_SEED, else ragmon)')
    .option('--start <time>', 'world time: RFC 3339, now or now-1h (default: now)')
    .option('--speed <x>', 'world seconds per second (default: 1)')
    .option(
      '--scenario <name>',
      'incidents: see ragmon scenarios; or a file of your own, whose name ends in .yaml, .yml or .json or has a / (default: none)',
      collect,
    )
    .option('--prices <file>', 'JSON of dated prices instead of the built-in ones ($RAGMON_PRICES)')
    .option('--counters <mode>', 'carry, fresh or per-run (default: carry)')
    .option(
      '--continue <ledger>',
      "go on from a history: world, groups and counters are its ledger's",
    )
    .option('--warmup <d>', 'hold new groups at zero this long (default: one scrape interval)')
    .option('--scrape-interval <d>', 'of the Prometheus that scrapes the gateway (default: 15s)')
    .option('--instance <name>', 'label instance of the groups ($RAGMON_INSTANCE, else host name)')
    .option('--label <k=v>', 'further label of the grouping key, repeatable', collect)
    .option('--shard <i/n>', 'run every n-th job only, from the i-th on (default: 0/1)')
    .option('--hold', 'keep the embedded gateway up after the run, until stopped')
    .option('--cleanup', "delete the run's own groups at the end")
    .option('--linger <d>', 'with --cleanup: wait before it (default: one scrape interval)')
    .option('--dry-run', 'push nothing, wait for nothing: the final exposition on stdout')
    .option('--ledger <file>', 'write the exact truth of the run, JSON ($RAGMON_LEDGER)')
    .option('--json', 'the summary (of a dry run the ledger) as one JSON document on stdout')
    .option('-q, --quiet', 'no progress and no summary')
    .option('-v, --verbose', 'progress at every tick; errors with their stack')
    .option('--no-color', 'no colour, no cursor movement');
  addAccessOptions(addGatewayOption(command, WHICH))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SimulateFlags) => {
      const { simulate } = await import('./simulate/act.js');
      done(await simulate(flags, env));
    });
}
