import { cost } from './cost.js';
import type { Dashboard } from './model.js';
import { pushgateway } from './pushgateway.js';
import { ragDemo } from './rag-demo.js';
import { ragMonitoring } from './rag-monitoring.js';

/** Every dashboard, by the name of its file in `dashboards/`. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'rag-demo.json': ragDemo,
  'rag-monitoring.json': ragMonitoring,
  'cost.json': cost,
  'pushgateway.json': pushgateway,
};

/** The file as it is written. */
export function textOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
