import { RUN_INFO_LABELS } from '../instruments/run-metrics.js';
import type { Service } from '../services/service.js';

/**
 * Why a label cannot be one of the grouping key, as a half sentence; undefined where it can. A label
 * that a metric carries itself would replace it in every series; `le` and `quantile` make Prometheus
 * drop the whole scrape; an empty value is, to Prometheus, no label.
 */
export function labelProblem(
  name: string,
  value: string,
  services: readonly Service[],
): { problem: string; hint?: string } | undefined {
  if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
    return {
      problem: `${JSON.stringify(name)} is not a label name`,
      hint: 'letters, digits and _, not beginning with a digit or with __',
    };
  }
  const inMetrics = services.some(({ instruments }) =>
    instruments.some(({ labels }) => labels.includes(name)),
  );
  if (inMetrics || OWN_LABELS.has(name)) {
    return {
      problem: `the label ${name} is in use already`,
      hint: name === 'instance' ? 'it has an option of its own' : 'choose another name',
    };
  }
  if (value !== '') return undefined;
  return { problem: `${name} has an empty value, which Prometheus takes for none` };
}

const OWN_LABELS = new Set<string>(['job', 'instance', 'le', 'quantile', ...RUN_INFO_LABELS]);
