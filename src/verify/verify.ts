import type { Env } from '../env.js';
import type { PushClient } from '../pushgateway/client.js';
import { readComputed, readScraped } from './evidence.js';
import { type DeliveredLedger, expectations } from './expectation.js';
import { compareGateway } from './gateway.js';
import { comparePrometheus, type Evidence } from './prometheus.js';
import type { PrometheusReader } from './prometheus-api.js';
import type { Part } from './report.js';
import { searchRange, spanOf } from './span.js';

/** Rejects with a PushError when the gateway cannot be read. */
export async function verifyGateway(
  ledger: DeliveredLedger,
  client: Pick<PushClient, 'list' | 'url'>,
): Promise<Part> {
  const findings = compareGateway(ledger, await client.list());
  return { against: 'gateway', url: client.url, findings };
}

/**
 * Waits, right after a run, for the scrape that sees its end.
 * Rejects with a RagmonError when Prometheus cannot be read.
 * @param scrapeInterval seconds
 * @param notice is told of a wait, in words
 */
export async function verifyPrometheus(
  ledger: DeliveredLedger,
  reader: Pick<PrometheusReader, 'query' | 'url'>,
  scrapeInterval: number,
  clock: Pick<Env, 'now' | 'sleep'>,
  notice: (text: string) => void,
): Promise<Part> {
  const { delivery } = ledger;
  // A second for the scrape itself, and for clocks that are a little apart.
  const scrapedAt = Date.parse(delivery.endedAt) + (scrapeInterval + 1) * 1000;
  const wait = delivery.cleanedUp ? 0 : scrapedAt - clock.now();
  // Longer than that it is no wait, but a clock that is wrong.
  if (wait > 0 && wait <= (scrapeInterval + 1) * 1000) {
    notice(`waiting ${Math.ceil(wait / 1000)} s for the scrape after the last push`);
    await clock.sleep(wait);
  }
  const range = searchRange(delivery, scrapeInterval, clock.now());
  const evidence: Evidence[] = [];
  // One group after the other: the queries of one are many enough at a time.
  for (const expectation of expectations(ledger)) {
    const scraped = await readScraped(reader, expectation, range);
    const span = spanOf(expectation, scraped.samples, delivery);
    const computed = span && (await readComputed(reader, expectation, span));
    evidence.push({ scraped, span, computed });
  }
  return { against: 'Prometheus', url: reader.url, findings: comparePrometheus(ledger, evidence) };
}
