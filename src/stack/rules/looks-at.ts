import { SERVICES } from '../../services/catalogue.js';
import { METRICS } from '../metrics.js';
import { type Node, parseQuery, type Query, textOf } from '../promql.js';
import { namesIn } from '../promql-walk.js';
import type { Alert, Recording } from './rule.js';
import { rulesFor } from './rules.js';
import { variantOf } from './variants.js';

/** What an alert looks at. */
export interface LooksAt {
  /** Names of the services whose metrics it reads, itself or through what is recorded. */
  readonly services: ReadonlySet<string>;
  /** Whether it adds them up: then it needs all of them. Otherwise it fires for each that is there. */
  readonly together: boolean;
}

/**
 * What the alerts of this name, or the one variant, look at; no service where it is unknown, or about
 * groups alone.
 */
export function looksAt(named: string): LooksAt {
  const rules = Object.values(rulesFor()).flatMap(({ groups }) =>
    groups.flatMap((group) => group.rules),
  );
  const recordings = new Map(rules.filter(isRecording).map(({ record, expr }) => [record, expr]));
  const services = new Set<string>();
  let together = false;
  const read = (expr: string) => {
    const asked = readsOf(expr);
    together ||= asked.together;
    for (const name of asked.metrics) {
      const recorded = recordings.get(name);
      if (recorded !== undefined) read(recorded);
      const service = SERVICES.find((one) => one.name === METRICS.get(name)?.from);
      if (service) services.add(service.name);
    }
  };
  for (const rule of rules) {
    if (isRecording(rule)) continue;
    if ([rule.alert, variantOf(rule.alert, rule.labels)].includes(named)) read(rule.expr);
  }
  return { services, together };
}

/** The metrics that an expression names, and whether it adds up over jobs. */
export function readsOf(expr: string): { metrics: readonly string[]; together: boolean } {
  const query = parseQuery(expr, { variables: false });
  const metrics: string[] = [];
  let together = false;
  query.root.cursor().iterate(({ name, node }) => {
    if (name === 'Identifier') metrics.push(textOf(node, query));
    if (name === 'AggregateExpr') together ||= sumsJobs(node, query);
  });
  return { metrics, together };
}

function sumsJobs(node: Node, query: Query): boolean {
  if (!node.getChild('AggregateOp')?.getChild('Sum')) return false;
  const modifier = node.getChild('AggregateModifier');
  const { list } = namesIn(modifier?.getChild('GroupingLabels'), { query });
  const without = modifier?.getChild('Without') != null;
  return list.some(({ name }) => name === 'job') === without;
}

function isRecording(rule: Recording | Alert): rule is Recording {
  return 'record' in rule;
}
