import { accessSync, constants, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { type SpawnOptions, spawnGuarded, temporaryFolder, until } from './processes.js';

export interface Server {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  logs(): string;
  /** SIGTERM, and SIGKILL should that not do; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL: nothing is saved; resolves when it has ended. */
  kill(): Promise<void>;
}

export interface GatewayOptions {
  /** Without it nothing is kept over a restart. */
  persistenceFile?: string;
  /** A free one by default; give the old one to restart a gateway. */
  port?: number;
  routePrefix?: string;
}

export interface PushgatewayOptions extends GatewayOptions {
  args?: readonly string[];
}

export async function startPushgateway(options: PushgatewayOptions = {}): Promise<Server> {
  return await startServer('prometheus-pushgateway', [
    `--web.listen-address=127.0.0.1:${options.port ?? 0}`,
    `--persistence.file=${options.persistenceFile ?? ''}`,
    '--persistence.interval=100ms',
    ...(options.routePrefix ? [`--web.route-prefix=${options.routePrefix}`] : []),
    ...(options.args ?? []),
  ]);
}

const BIN = fileURLToPath(new URL('../../bin/ragmon.js', import.meta.url));

/** `ragmon gateway`, in a process of its own. */
export async function startEmbedded(options: GatewayOptions = {}): Promise<Server> {
  const { port = 0, persistenceFile, routePrefix } = options;
  return await startServer(process.execPath, [
    ...[BIN, 'gateway', '--listen', `127.0.0.1:${port}`],
    ...(persistenceFile ? ['--persistence-file', persistenceFile] : []),
    ...(routePrefix ? ['--route-prefix', routePrefix] : []),
  ]);
}

export type StartGateway = (options?: GatewayOptions) => Promise<Server>;

/**
 * The same tests with the real Pushgateway and with the embedded gateway. `programs` are what they
 * need beside.
 */
export function eachGateway(
  name: string,
  body: (start: StartGateway) => void,
  ...programs: readonly string[]
): void {
  needs('prometheus-pushgateway', ...programs)(`${name}, real`, () => body(startPushgateway));
  needs(...programs)(`${name}, embedded`, () => body(startEmbedded));
}

export interface PrometheusOptions {
  /** The Pushgateway that it scrapes. */
  pushgateway: string;
  scrapeInterval?: string;
  /** Top-level YAML after the scrape configuration: `rule_files`, `alerting`, … */
  extraConfig?: string;
  /** Its data directory; by default a new, empty one. */
  data?: string;
  args?: readonly string[];
}

/** One value of an instant query. `value` is a number: `NaN` and `Infinity` included. */
export interface Value {
  labels: Record<string, string>;
  time: number;
  value: number;
}

export interface Series {
  labels: Record<string, string>;
  /** Pairs of Unix seconds and value, oldest first. */
  samples: [time: number, value: number][];
}

export interface Queries {
  /** Instant query; a scalar comes as one value without labels. */
  query(expr: string, timeSeconds?: number): Promise<Value[]>;
  queryRange(expr: string, range: { start: number; end: number; step: number }): Promise<Series[]>;
}

export interface Scraping extends Queries {
  /** Every sample as it was scraped, of the last `seconds` (an hour by default). */
  samples(selector: string, seconds?: number): Promise<Series[]>;
  /** Waits for a scrape that began after this call and succeeded: its time, in Unix seconds. */
  scraped(): Promise<number>;
}

export type Prometheus = Server & Scraping;

/**
 * A Prometheus with `honor_labels`. It returns once the first scrape is done,
 * about 5 s after the start: Prometheus waits that long before it takes up a target.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const target = new URL(options.pushgateway);
  const interval = options.scrapeInterval ?? '1s';
  const config = `global:
  scrape_interval: ${interval}
  scrape_timeout: ${interval}
  evaluation_interval: ${interval}
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    scheme: ${target.protocol.slice(0, -1)}
    metrics_path: ${target.pathname.replace(/\/$/, '')}/metrics
    static_configs:
      - targets: ['${target.host}']
${options.extraConfig ?? ''}
`;
  const server = await openPrometheus(config, options.data, options.args);
  await until('the first scrape', async () => (await scrapesOf(server)) > 0, 30_000);
  return { ...server, ...scrapingAt(server.url) };
}

/** What is asked of the Prometheus at an address that scrapes a Pushgateway as job `pushgateway`. */
export function scrapingAt(url: string): Scraping {
  const queries = queriesAt(url);
  return {
    ...queries,
    samples: async (selector, seconds = 3600) =>
      matrix(await ask(url, 'query', { query: `${selector}[${seconds}s]` })),
    scraped: async () => {
      // A scrape may be under way: the one after the next sample of `up` began after this call.
      const before = await scrapesOf(queries);
      await until('two more scrapes', async () => (await scrapesOf(queries)) >= before + 2, 30_000);
      const up = (await queries.query('up{job="pushgateway"}'))[0]?.value;
      if (up !== 1) throw new Error(`the scrape of the gateway failed: up is ${up}`);
      return (await queries.query('timestamp(up{job="pushgateway"})'))[0]!.value;
    },
  };
}

async function scrapesOf({ query }: Queries): Promise<number> {
  return (await query('count_over_time(up{job="pushgateway"}[1h])'))[0]?.value ?? 0;
}

/** A Prometheus on a data directory, ready to answer. */
export async function openPrometheus(
  config: string,
  data: string | undefined,
  args: readonly string[] = [],
): Promise<Server & Queries> {
  const folder = temporaryFolder();
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, config);
  const server = await startServer(
    'prometheus',
    [
      '--web.listen-address=127.0.0.1:0',
      `--config.file=${file}`,
      `--storage.tsdb.path=${data ?? join(folder, 'data')}`,
      ...args,
    ],
    { folders: [folder] },
  );
  return { ...server, ...queriesAt(server.url) };
}

function queriesAt(url: string): Queries {
  return {
    query: async (expr, timeSeconds) => {
      const data = await ask(url, 'query', {
        query: expr,
        ...(timeSeconds === undefined ? {} : { time: String(timeSeconds) }),
      });
      if (data.resultType === 'scalar') return [value({ metric: {}, value: data.result })];
      if (data.resultType !== 'vector') throw new Error(`${expr} is a ${data.resultType}`);
      return data.result.map(value);
    },
    queryRange: async (expr, { start, end, step }) => {
      const params = { query: expr, start: `${start}`, end: `${end}`, step: `${step}` };
      return matrix(await ask(url, 'query_range', params));
    },
  };
}

async function ask(url: string, path: string, params: Record<string, string>): Promise<Result> {
  const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params)}`);
  const body = (await answer.json()) as { status: string; error?: string; data: Result };
  if (body.status !== 'success') throw new Error(`${path} ${params.query}: ${body.error}`);
  return body.data;
}

type Result =
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: Pair }[] }
  | { resultType: 'matrix'; result: { metric: Record<string, string>; values: Pair[] }[] }
  | { resultType: 'scalar'; result: Pair };
type Pair = [number, string];

function value(row: { metric: Record<string, string>; value: Pair }): Value {
  return { labels: row.metric, time: row.value[0], value: numberOf(row.value[1]) };
}

function matrix(data: Result): Series[] {
  if (data.resultType !== 'matrix') throw new Error(`expected a matrix, got ${data.resultType}`);
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    samples: values.map(([time, text]) => [time, numberOf(text)]),
  }));
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

// Ports below those that the system gives to whoever asks for any: nobody else is given one before
// its server is up. Each worker has its own.
const LOWEST_PORT = 12_000;
const PORTS_A_WORKER = 1000;
const WORKER = Number(process.env.VITEST_POOL_ID ?? 0) % 20;
let portsGiven = process.pid % PORTS_A_WORKER;

/** A TCP port of loopback that was free a moment ago; never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + WORKER * PORTS_A_WORKER + (portsGiven++ % PORTS_A_WORKER);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Several, as text. */
export async function freePorts(count: number): Promise<string[]> {
  return await Promise.all(Array.from({ length: count }, async () => `${await freePort()}`));
}

const READY_TIMEOUT_MS = 20_000;
/** As Prometheus's servers, and as ragmon's, say where they are. */
const LISTENING = /(?:Listening on"? address=|gateway at http:\/)\S*:(\d+)/;

/** Starts a server and waits until it is ready. The port is the one it says that it listens on. */
async function startServer(
  name: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Server> {
  const guarded = spawnGuarded(name, args, options);
  const port = () => guarded.output().match(LISTENING)?.[1];
  // Any answer below 500 will do: with a route prefix, passwords or TLS this request is refused,
  // but someone is there to refuse it.
  const ready = async () => {
    if (guarded.ended()) return true;
    if (!port()) return false;
    const signal = AbortSignal.timeout(1000);
    const answer = await fetch(`http://127.0.0.1:${port()}/-/ready`, { signal }).catch(() => {});
    await answer?.arrayBuffer().catch(() => {});
    return answer !== undefined && answer.status < 500;
  };
  const timely = await until('', ready, READY_TIMEOUT_MS).catch(() => false);
  if (!timely || guarded.ended()) {
    guarded.kill('SIGKILL');
    const { code, signal } = await guarded.exited;
    const what = timely
      ? `ended with ${signal ?? `exit code ${code}`} before it was ready`
      : `was not ready within ${READY_TIMEOUT_MS / 1000} s`;
    throw new Error(`${name} ${what}:\n${tail(guarded.output())}`);
  }
  return {
    url: `http://127.0.0.1:${port()}`,
    port: Number(port()),
    pid: guarded.pid,
    logs: guarded.output,
    stop: () => guarded.stop(),
    kill: async () => {
      guarded.kill('SIGKILL');
      await guarded.exited;
    },
  };
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-20).join('\n');
}

/**
 * `describe` for tests that need programs of the system. Where one is missing they are skipped,
 * and say so; with `CI` set they fail instead.
 *
 *     needs('prometheus-pushgateway')('the push client', () => { … });
 */
export function needs(...programs: string[]): (name: string, body: () => void) => void {
  const missing = programs.filter((program) => !installed(program));
  return unless(missing.length > 0 && `${missing.join(', ')} not installed`);
}

/** The same for what is no program of the system: `reason` says what is missing; false: nothing. */
export function unless(reason: string | false): (name: string, body: () => void) => void {
  if (reason === false) return (name, body) => describe(name, body);
  const ci = !['', '0', 'false', undefined].includes(process.env.CI);
  if (!ci) {
    return (name, body) => {
      process.stderr.write(`skipped: ${name}: ${reason}\n`);
      describe.skip(name, body);
    };
  }
  return (name) => {
    describe(name, () => {
      test('has what it needs', () => {
        throw new Error(`${reason}: CI has to have it`);
      });
    });
  };
}

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
