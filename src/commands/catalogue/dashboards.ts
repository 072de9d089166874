import type { Asked } from './asked.js';
import { at, isObject, type Json } from './json.js';

// Queries in a Grafana dashboard: the classic model, as exported, as the API wraps it, and the newer
// resources, all by what they have in common: a query stands in `expr`, its panel has a `title`.

/** Whether a document is a dashboard. */
export function isDashboard(document: unknown): document is Json {
  if (!isObject(document)) return false;
  if (isDashboard(document.dashboard) || isDashboard(document.spec)) return true;
  const lists = [document.panels, document.rows, at(document, 'templating', 'list')];
  return lists.some(Array.isArray) || isObject(document.elements);
}

/** Its queries to Prometheus; those to other data sources are left out. */
export function queriesOfDashboard(file: string, document: Json): Asked[] {
  const found: Asked[] = [];
  visit(document, { place: 'dashboard', prometheus: true }, (query) => {
    const none = { line: undefined, literal: false, problem: undefined, extra: [], labels: [] };
    found.push({ file, variables: true, ...none, ...query });
  });
  return found;
}

interface Surroundings {
  readonly place: string;
  /** Whether the data source is one, as far as it says. */
  readonly prometheus: boolean;
}

type Found = Pick<Asked, 'place' | 'query'> & Partial<Pick<Asked, 'labels'>>;

function visit(node: unknown, around: Surroundings, found: (query: Found) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, around, found);
  if (!isObject(node)) return;
  const here = {
    place: placeOf(node) ?? around.place,
    prometheus: isPrometheus(node) ?? around.prometheus,
  };
  if (here.prometheus && typeof node.expr === 'string' && node.expr.trim() !== '') {
    const legend = typeof node.legendFormat === 'string' ? node.legendFormat : '';
    found({ place: here.place, query: node.expr, labels: labelsInLegend(legend) });
  }
  const variable = here.prometheus ? variableQuery(node) : undefined;
  if (variable !== undefined) {
    for (const query of queriesOfVariable(variable)) found({ place: here.place, ...query });
  }
  for (const [key, value] of Object.entries(node)) {
    // `current` and `options` of a variable are what was chosen; fields are not queries.
    if (!['current', 'options', 'fieldConfig', 'links'].includes(key)) visit(value, here, found);
  }
}

function placeOf(node: Json): string | undefined {
  const { title, name } = node;
  const variable = variableOf(node)?.name;
  if (typeof variable === 'string') return `variable ${variable}`;
  if (typeof name === 'string' && ('expr' in node || 'iconColor' in node)) {
    return `annotation ${JSON.stringify(name)}`;
  }
  if (!['targets', 'data', 'gridPos'].some((key) => key in node)) return undefined;
  const titled = typeof title === 'string' && title !== '';
  return titled ? `panel ${JSON.stringify(title)}` : 'panel without a title';
}

/** Undefined where it says nothing of its data source, or only a name or a variable. */
function isPrometheus(node: Json): boolean | undefined {
  const query = variableOf(node)?.query ?? node;
  // In the newest resources the query itself says.
  const resource = at(query, 'kind') === 'DataQuery' ? at(query, 'group') : undefined;
  const type = at(node, 'datasource', 'type') ?? resource;
  return typeof type === 'string' ? /prometheus|mimir|thanos|cortex/i.test(type) : undefined;
}

/** A variable that asks the data source, in either form. */
function variableOf(node: Json): Json | undefined {
  if (node.kind === 'QueryVariable' && isObject(node.spec)) return node.spec;
  return node.type === 'query' && 'query' in node ? node : undefined;
}

function variableQuery(node: Json): string | undefined {
  const variable = variableOf(node);
  if (variable === undefined) return undefined;
  const { query, definition } = variable;
  const texts = [
    ...[query, at(query, 'query'), at(query, 'spec', 'query')],
    ...[at(query, 'spec', '__legacyStringValue'), definition],
  ];
  return texts.find((text): text is string => typeof text === 'string' && text.trim() !== '');
}

const FUNCTION = /^\s*(label_values|label_names|metrics|query_result)\((.*)\)\s*$/s;

/** The functions of Grafana's variables, as queries. */
function queriesOfVariable(text: string): Omit<Found, 'place'>[] {
  const [, name, inner] = FUNCTION.exec(text) ?? [];
  if (name === undefined || inner === undefined) return [{ query: text }];
  if (name === 'query_result') return [{ query: inner }];
  // A regular expression that is found somewhere in a name.
  if (name === 'metrics') {
    return [{ query: `{__name__=~${JSON.stringify(`.*(?:${inner.trim()}).*`)}}` }];
  }
  if (name === 'label_names') return inner.trim() === '' ? [] : [{ query: inner }];
  const [, selector, label] = /^(?:(.+),)?\s*([^,{}]+?)\s*$/s.exec(inner) ?? [];
  if (label === undefined) return [{ query: text }];
  const query = selector ?? '{__name__=~".+"}';
  const named = /^\w+$/.test(label)
    ? [{ name: label, by: 'label_values', of: (selector ?? '').trim() }]
    : [];
  return [{ query, labels: named }];
}

function labelsInLegend(legend: string): Asked['labels'] {
  const names = [...legend.matchAll(/\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g)].map(([, name]) => name!);
  return names.map((name) => ({ name, by: 'its legend', of: 'its result' }));
}
