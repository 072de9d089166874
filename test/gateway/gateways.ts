import { afterAll } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/server.js';
import { memoryEnv } from '../support/env.js';
import { rawRequest } from './raw-http.js';

export const clock = memoryEnv([], { clock: 'real' });

const started: Gateway[] = [];
afterAll(async () => {
  await Promise.all(started.map((gateway) => gateway.close()));
});

/** An embedded gateway that is closed with the test file. */
export async function testGateway(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const gateway = await startGateway({ clock, ...options });
  started.push(gateway);
  return gateway;
}

/** What a gateway holds, in a form that two can be compared in: no times, groups by their labels. */
export interface State {
  /** Lines of `/metrics`, without those of the server's own metrics. */
  lines: string[];
  groups: unknown[];
}

export async function stateOf(port: number): Promise<State> {
  const metrics = await rawRequest(port, 'GET', '/metrics');
  const api = await rawRequest(port, 'GET', '/api/v1/metrics');
  const broken = (what: typeof api) => [`${what.status} ${what.headers['content-type']}`];
  const { data } = JSON.parse(Buffer.from(api.body, 'latin1').toString()) as {
    data: Record<string, unknown>[];
  };
  return {
    lines: metrics.status === 200 ? pushedLines(metrics.body) : broken(metrics),
    groups: data.map(blankTimes).sort((a, b) => (order(a) < order(b) ? -1 : 1)),
  };
}

const order = (group: Record<string, unknown>) => JSON.stringify(group.labels);

/** Every pushed series has a job; of the comments, those of families that have such a series. */
function pushedLines(text: string): string[] {
  const kept: string[] = [];
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      if (line.startsWith('# HELP') || !comments.at(-1)?.startsWith('# HELP')) comments = [];
      comments.push(line);
    } else if (/[{,]job="/.test(line)) {
      kept.push(
        ...comments,
        line.replace(/^(push_(?:failure_)?time_seconds\{.*\}) [1-9].*/, '$1 T'),
      );
      comments = [];
    }
  }
  return kept;
}

function blankTimes(group: Record<string, unknown>): Record<string, unknown> {
  const blank = (name: string, value: unknown): unknown => {
    if (!isFamily(value)) return value;
    const own = /^push_(failure_)?time_seconds$/.test(name);
    const metrics = value.metrics.map((metric) =>
      own && metric.value !== '0' ? { ...metric, value: 'T' } : metric,
    );
    if (Number.isNaN(Date.parse(value.time_stamp))) throw new Error(`no time: ${value.time_stamp}`);
    return { ...value, metrics, time_stamp: 'T' };
  };
  const blanked = Object.entries(group).map(([name, v]) => [name, blank(name, v)]);
  return { ...Object.fromEntries(blanked), order: Object.keys(group) };
}

function isFamily(
  value: unknown,
): value is { time_stamp: string; metrics: Record<string, unknown>[] } {
  return typeof value === 'object' && value !== null && 'time_stamp' in value;
}
