import { Agent, request } from 'undici';
import * as z from 'zod';
import { RagmonError, UsageError } from '../errors.js';
import { connectionHint, oneLine, reasonOf, statusHint } from '../pushgateway/push-error.js';
import { parseTarget } from '../pushgateway/target.js';
import type { Labels } from '../series.js';
import type { Sample } from './span.js';

export interface Sampled {
  /** Without `__name__`, which operators drop too; the query knows it. */
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** Rejects with a RagmonError when Prometheus cannot be read. */
export interface PrometheusReader {
  /** Where it reads, without credentials. */
  readonly url: string;
  /**
   * An instant query at `time` (Unix seconds). A range vector gives the raw samples, an instant
   * vector one sample a series.
   */
  query(expression: string, time: number): Promise<Sampled[]>;
  close(): Promise<void>;
}

const Value = z
  .tuple([z.number(), z.string()])
  .transform(([time, text]): Sample => [time, numberOf(text)]);
const Metric = z
  .record(z.string(), z.string())
  .transform(({ __name__, ...labels }): Labels => labels);
const Answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: Metric, values: z.array(Value) })),
    }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: Metric, value: Value })),
    }),
  ]),
});
const Refusal = z.object({ status: z.literal('error'), error: z.string() });

/**
 * Reads over at most four connections. Throws a UsageError for what is no URL.
 * @param url with or without a path prefix; may carry `user:password@`
 */
export function createPrometheusReader(url: string, timeoutMs: number): PrometheusReader {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('--prometheus: not a URL of a Prometheus', {
      hint: 'for example http://127.0.0.1:9090',
    });
  }
  const target = parseTarget({ url });
  const agent = new Agent({ connections: 4, connect: { timeout: timeoutMs } });
  const fail = (reason: string, hint: string | undefined, cause?: unknown) =>
    new RagmonError(`cannot read Prometheus at ${target.name}: ${oneLine(target.redact(reason))}`, {
      ...(hint === undefined ? {} : { hint }),
      cause,
    });

  return {
    url: target.name,
    async query(expression, time) {
      const query = new URLSearchParams({ query: expression, time: time.toFixed(3) });
      const { status, text } = await request(`${target.name}/api/v1/query?${query}`, {
        dispatcher: agent,
        headers: target.headers,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
        .then(async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }))
        .catch((error: unknown) => {
          const hint = connectionHint(error)?.replace('Pushgateway', 'Prometheus');
          throw fail(reasonOf(error), hint, error);
        });
      const json = parseJson(text);
      const refusal = Refusal.safeParse(json);
      if (refusal.success) throw fail(refusal.data.error, `the query was ${expression}`);
      const answer = Answer.safeParse(json);
      if (status === 200 && answer.success) return answer.data.data.result.map(sampledFrom);
      const hint = status === 200 ? undefined : statusHint(status);
      throw fail(
        status === 200 ? 'the answer is not what a Prometheus sends' : `status ${status}`,
        hint ?? 'is this URL a Prometheus? check the path prefix',
      );
    },
    close: () => agent.close(),
  };
}

type Row = { metric: Labels } & ({ values: Sample[] } | { value: Sample });

function sampledFrom(row: Row): Sampled {
  return { labels: row.metric, samples: 'values' in row ? row.values : [row.value] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
