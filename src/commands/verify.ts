import type { Command } from 'commander';
import type { Env } from '../env.js';
import { EXIT, RagmonError, UsageError } from '../errors.js';
import type { Part } from '../verify/report.js';
import { type AccessFlags, addAccessOptions, connectionOf } from './connection.js';
import { parsePositiveDuration } from './values.js';

interface VerifyFlags extends AccessFlags {
  gateway?: string | true;
  prometheus?: string | true;
  scrapeInterval: string;
  json?: true;
  quiet?: true;
  verbose?: true;
  color?: boolean;
}

/** What is to be held against what. */
export interface VerifyOptions {
  ledger: string;
  /** A URL, `true` for the one of the ledger, undefined for none. */
  gateway: string | true | undefined;
  prometheus: string | undefined;
  connection: AccessFlags;
  /** Seconds. */
  scrapeInterval: number;
  json: boolean;
  quiet: boolean;
  verbose: boolean;
}

const EXAMPLES = `
Exit code: 0 when everything agrees, 3 when something differs, 1 when a server cannot be read,
2 wrong usage.

Counters, buckets and counts have to be equal; sums of seconds and money to 1e-9. What increase()
gives may be 3% off, over a window from the last scrape before the run grew to the last that saw
its end: cut at scrapes, so that there is nothing to extrapolate.

Examples:
  ragmon simulate -g http://gateway:9091 --ledger run.json && ragmon verify run.json
  ragmon verify run.json --prometheus http://127.0.0.1:9090 --scrape-interval 15s
  ragmon verify run.json --gateway --prometheus http://127.0.0.1:9090 --json`;

export function registerVerify(program: Command, env: Env, done: (exitCode: number) => void): void {
  const command = program
    .command('verify')
    .description(
      'Holds the ledger of a run against what a Pushgateway stores, series by series, and against ' +
        'what Prometheus shows of it: last − first, increase(), resets(), quantiles. ' +
        'Says what agrees, and for what does not the most likely cause.',
    )
    .usage('[options] <ledger>')
    // Not required, as `--gateway run.json` takes it for its URL.
    .argument('[ledger]', 'file that ragmon simulate --ledger wrote')
    .option(
      '-g, --gateway [url]',
      'compare with a Pushgateway: the ledger’s own; meant when neither is given',
    )
    .option('-p, --prometheus [url]', 'compare with a Prometheus ($PROMETHEUS_URL)')
    .option('--scrape-interval <d>', 'of that Prometheus (default: 15s)')
    .option('--json', 'print one JSON document')
    .option('-q, --quiet', 'print only what differs')
    .option('-v, --verbose', 'print every difference')
    // As everywhere; the report is plain text in any case.
    .option('--no-color', 'no colour');
  addAccessOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags) => {
      done(await verify(verifyOptions(path, flags, env), env));
    });
}

/** Throws a UsageError. */
export function verifyOptions(
  path: string | undefined,
  flags: VerifyFlags,
  env: Pick<Env, 'vars'>,
): VerifyOptions {
  let {
    gateway,
    prometheus,
    scrapeInterval = '15s',
    json,
    quiet,
    verbose,
    color: _,
    ...connection
  } = flags;
  let ledger = path;
  // A flag with an optional value takes whatever follows it: a file is no URL.
  if (ledger === undefined && typeof gateway === 'string' && !isUrl(gateway)) {
    [ledger, gateway] = [gateway, true];
  }
  if (ledger === undefined && typeof prometheus === 'string' && !isUrl(prometheus)) {
    [ledger, prometheus] = [prometheus, true];
  }
  if (ledger === undefined) {
    throw new UsageError('verify needs the ledger of a run', {
      hint: 'ragmon simulate --ledger run.json writes one; then ragmon verify run.json',
    });
  }
  const named = prometheus === true ? env.vars.PROMETHEUS_URL : prometheus;
  if (prometheus !== undefined && !named) {
    throw new UsageError('--prometheus needs a URL', {
      hint: 'for example http://127.0.0.1:9090, behind it or in PROMETHEUS_URL',
    });
  }
  return {
    ...{ ledger, connection, prometheus: named },
    gateway: gateway ?? (prometheus === undefined ? true : undefined),
    scrapeInterval: parsePositiveDuration('--scrape-interval', scrapeInterval),
    ...{ json: json === true, quiet: quiet === true, verbose: verbose === true },
  };
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** Prints the report; returns 0 when everything agrees, else 3. */
export async function verify(options: VerifyOptions, env: Env): Promise<number> {
  const { readLedger } = await import('../verify/read-ledger.js');
  const ledger = await readLedger(env, options.ledger);
  const parts: Part[] = [];
  if (options.gateway !== undefined) {
    const { createPushClient } = await import('../pushgateway/client.js');
    const { verifyGateway } = await import('../verify/verify.js');
    const gateway = options.gateway === true ? gatewayOf(ledger, env) : options.gateway;
    const connection = await connectionOf({ ...options.connection, gateway }, env);
    // One request: its retries meet nobody else's, and need no jitter.
    const client = createPushClient({ ...connection, clock: env, random: () => 0.5 });
    try {
      parts.push(await verifyGateway(ledger, client));
    } catch (error) {
      const ended = options.gateway === true && ledger.delivery.embedded;
      if (!ended || !(error instanceof RagmonError)) throw error;
      throw new RagmonError(error.message, {
        ...{ cause: error, exitCode: error.exitCode },
        hint: 'the run’s own gateway may have ended with it: simulate --hold keeps it up',
      });
    } finally {
      await client.close();
    }
  }
  if (options.prometheus !== undefined) {
    const { createPrometheusReader } = await import('../verify/prometheus-api.js');
    const { verifyPrometheus } = await import('../verify/verify.js');
    const reader = createPrometheusReader(options.prometheus, 30_000);
    const notice = (text: string) => {
      if (!options.quiet && !options.json) env.stderr.write(`${text}\n`);
    };
    try {
      parts.push(await verifyPrometheus(ledger, reader, options.scrapeInterval, env, notice));
    } finally {
      await reader.close();
    }
  }
  const { reportJson, reportText } = await import('../verify/report.js');
  const limit = options.verbose ? Number.POSITIVE_INFINITY : 5;
  env.stdout.write(
    options.json
      ? reportJson(options.ledger, ledger, parts)
      : reportText(ledger, parts, { limit, quiet: options.quiet }),
  );
  const agrees = parts.every(({ findings }) => findings.every((finding) => finding.agrees));
  return agrees ? EXIT.done : EXIT.checkFailed;
}

/** The run's own gateway; with the credentials that the variable's URL may have for it. */
function gatewayOf({ delivery }: { delivery: { gateway: string } }, { vars }: Env): string {
  const variable = vars.PUSHGATEWAY_URL ?? '';
  const place = (url: string) => url.replace(/\/\/[^/]*@/, '//').replace(/\/+$/, '');
  return place(variable) === place(delivery.gateway) ? variable : delivery.gateway;
}
