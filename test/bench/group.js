// @ts-check
import { createJobMetrics } from '../../dist/instruments/job-metrics.js';
import { chatapi } from '../../dist/services/chatapi.js';

/**
 * The metrics of a job that has been at work for a while: about 10 KB of text. `registry` is
 * prom-client's, `text()` is what ragmon pushes: the same bytes.
 */
export function sampleJob() {
  const series = [...createJobMetrics(chatapi).values().keys()];
  return createJobMetrics(chatapi, new Map(series.map((id, i) => [id, 12_345 + 67 * i])));
}
