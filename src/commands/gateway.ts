import type { Command } from 'commander';
import type { Env } from '../env.js';
import type { GatewayFlags } from './gateway/flags.js';

const EXAMPLES = `
It answers as Prometheus's Pushgateway does. There is no authentication: whoever reaches it can
push, read and delete. Sizes read 64MB, 16MiB or 1000000 (bytes).

The log (start and stop, refused pushes, trouble with the file) goes to stderr; with --json it is
what the command gives: an object a line, on stdout. A flood of the same is told once in 10 s.

Examples:
  ragmon gateway
  ragmon gateway --listen :9091 --persistence-file pushed.ragmon
  ragmon gateway --listen 127.0.0.1:0 --json -v | jq -r 'select(.event == "request").path'

Exit codes: 1 failed (the port is taken, the file cannot be loaded, or not written at the end),
2 wrong usage, 130 or 143 stopped by a signal, with the file written.`;

/** `ragmon gateway`: the embedded Pushgateway as a server, until it is stopped. */
export function registerGateway(program: Command, env: Env, done: (code: number) => void): void {
  program
    .command('gateway')
    .option(
      '--listen <host:port>',
      'where; :9091 is every interface, port 0 a free one ($RAGMON_GATEWAY_LISTEN, else 127.0.0.1:9091)',
    )
    .option('--route-prefix <path>', 'before every path ($RAGMON_GATEWAY_ROUTE_PREFIX)')
    .option('--enable-admin-api', 'PUT /api/v1/admin/wipe deletes everything, pages delete groups')
    .option(
      '--persistence-file <file>',
      'keep what was pushed in this file ($RAGMON_GATEWAY_PERSISTENCE_FILE, else in memory only)',
    )
    .option('--persistence-interval <d>', 'between two writes at least (default: 30s)')
    .option('--max-groups <n>', 'groups held (default: 20000)')
    .option('--max-series <n>', 'series held, buckets counted (default: 2000000)')
    .option('--max-stored <size>', 'all that is held, roughly (default: 512MiB)')
    .option('--max-body <size>', 'one push, also unpacked (default: 16MiB)')
    .option('--max-pending <size>', 'pushes being received at once (default: 64MiB)')
    .option('--max-header <size>', "a request's line and headers (default: 64KiB)")
    .option('--max-push-metrics <n>', 'metrics that one push brings (default: 200000)')
    .option(
      '--max-labels <n>',
      'of a series beside those of its group, and in a path (default: 64)',
    )
    .option('--max-connections <n>', 'open at once (default: 1024)')
    .option('--json', 'the log as JSON, an object a line, on stdout')
    .option('-q, --quiet', 'only errors')
    .option('-v, --verbose', 'every request and every write of the file; errors with their stack')
    // As everywhere; the log is plain text in any case.
    .option('--no-color', 'no colour')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: GatewayFlags) => {
      const { gateway } = await import('./gateway/act.js');
      done(await gateway(flags, env));
    });
}
