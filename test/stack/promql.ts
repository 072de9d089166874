import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** One selector of a query. */
export interface Selector {
  readonly metric: string;
  /** As written: `job=~"$job"`. */
  readonly matchers: readonly string[];
  /** `5m`, or undefined for one of an instant. */
  readonly range: string | undefined;
  /** The function that is called on it alone: `rate`. */
  readonly calledBy: string | undefined;
  /** Whether an aggregation stands around it. */
  readonly aggregated: boolean;
}

export interface Parsed {
  readonly valid: boolean;
  readonly selectors: readonly Selector[];
  /** Labels that the query's series carry, of those that aggregations keep. */
  readonly kept: ReadonlySet<string>;
  /** What quantiles are taken of. */
  readonly quantilesOf: readonly string[];
}

/** A stretch of time that no query writes, in place of each of Grafana's. */
const STRETCHES: Readonly<Record<string, string>> = {
  $__rate_interval: '8869990787ms',
  $__range: '6069770749ms',
};

/** A query of a dashboard, by Prometheus's own grammar. */
export function parse(query: string): Parsed {
  const text = query.replaceAll(/\$__\w+/g, (name) => STRETCHES[name] ?? name);
  const root = parser.parse(text).topNode;
  const textOf = (node: Node | null | undefined) => (node ? text.slice(node.from, node.to) : '');
  const stretchOf = (node: Node) => {
    const written = textOf(node);
    return Object.entries(STRETCHES).find(([, stretch]) => stretch === written)?.[0] ?? written;
  };
  const selectors: Selector[] = [];
  const kept = new Set<string>();
  const quantilesOf: string[] = [];
  let valid = true;
  root.cursor().iterate(({ node, type }) => {
    if (type.isError) valid = false;
    // Only the outermost aggregation says what labels are left.
    const aggregation = node.parent?.parent;
    if (type.name === 'GroupingLabels' && aggregation && !hasAbove(aggregation, 'AggregateExpr')) {
      for (const label of node.getChildren('LabelName')) kept.add(textOf(label));
    }
    if (type.name === 'FunctionCall' && textOf(node.firstChild) === 'histogram_quantile') {
      quantilesOf.push(textOf(node.lastChild).replace(/^\([\d.]+, (.*)\)$/s, '$1'));
    }
    if (type.name !== 'VectorSelector') return;
    const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
    const offset = matrix?.parent?.name === 'OffsetExpr' ? matrix.parent : matrix;
    const call = offset?.parent?.parent;
    const range = matrix?.getChild('DurationExpr');
    selectors.push({
      metric: textOf(node.getChild('Identifier')),
      matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
        textOf,
      ),
      range: range ? stretchOf(range) : undefined,
      calledBy: call?.name === 'FunctionCall' ? textOf(call.firstChild) : undefined,
      aggregated: hasAbove(node, 'AggregateExpr'),
    });
  });
  if (/histogram_quantile/.test(text)) kept.delete('le');
  return { valid, selectors, kept, quantilesOf };
}

function hasAbove(node: Node, name: string): boolean {
  for (let at = node.parent; at; at = at.parent) if (at.name === name) return true;
  return false;
}
