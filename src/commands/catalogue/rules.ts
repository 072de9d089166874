import { type Document, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { messageOf, UsageError } from '../../errors.js';
import type { Recording } from '../../stack/promql-recordings.js';
import type { Asked, AskedFile } from './asked.js';
import { at, isObject, type Json } from './json.js';

/**
 * The rules of a Prometheus rule file, also of a PrometheusRule of Kubernetes.
 * @returns undefined for YAML that is none
 * @throws UsageError for what is no YAML
 */
export function readRules(file: string, text: string): AskedFile | undefined {
  const lines = new LineCounter();
  const queries: Asked[] = [];
  const recordings: Recording[] = [];
  let groups = 0;
  for (const document of parseAllDocuments(text, { lineCounter: lines, merge: true })) {
    const [error] = document.errors ?? [];
    if (error) {
      const line = lines.linePos(error.pos[0]).line;
      const [reason] = error.message.split(/ at line |\n/);
      throw new UsageError(`${file}:${line}: it is no YAML: ${reason}`, { cause: error });
    }
    const root = plain(document, file);
    const path = at(root, 'groups') === undefined ? ['spec', 'groups'] : ['groups'];
    const list = at(root, ...path);
    if (!Array.isArray(list)) continue;
    groups++;
    for (const [i, group] of list.entries()) {
      for (const [j, rule] of rulesOf(group).entries()) {
        const where = placeIn(document, [...path, i, 'rules', j, 'expr'], lines);
        readRule(rule, { file, ...where }, { queries, recordings });
      }
    }
  }
  return groups === 0 ? undefined : { file, kind: 'rules', queries, recordings };
}

/** A document as plain values, with what its aliases and merges stand for. */
function plain(document: Document.Parsed, file: string): unknown {
  try {
    // As many aliases as there are: each is the very value of its anchor, not a copy.
    return document.toJS({ maxAliasCount: -1 });
  } catch (cause) {
    throw new UsageError(`${file}: it is no YAML: ${messageOf(cause)}`, { cause });
  }
}

/** What is no group, or no list of rules, is one rule, of which something is then found missing. */
function rulesOf(group: unknown): readonly unknown[] {
  const rules = isObject(group) ? (group.rules ?? []) : group;
  return Array.isArray(rules) ? rules : [rules];
}

type Where = Pick<Asked, 'file' | 'line' | 'literal'>;

interface Into {
  readonly queries: Asked[];
  readonly recordings: Recording[];
}

function readRule(rule: unknown, where: Where, { queries, recordings }: Into): void {
  const { record, alert, expr, ...beside }: Json = isObject(rule) ? rule : {};
  const problem = problemOf(expr);
  // An expression may be a number: `expr: 1`.
  const query = problem === undefined ? String(expr) : '';
  const labels = textsOf(beside.labels);
  const annotations = Object.values(textsOf(beside.annotations));
  if (typeof record === 'string') recordings.push({ name: record, expression: query, labels });
  const name = typeof alert === 'string' ? alert : 'without a name';
  queries.push({
    ...{ ...where, query, problem, variables: false },
    place: typeof record === 'string' ? `record ${record}` : `alert ${name}`,
    labels: annotations.concat(Object.values(labels)).flatMap(labelsInTemplate),
    extra: [...Object.keys(labels), 'alertname'],
  });
}

function problemOf(expression: unknown): string | undefined {
  if (expression === undefined || expression === null) return 'it has no expr';
  return typeof expression === 'object' ? 'its expr is no text' : undefined;
}

/**
 * Where the text of an expression begins: in a block on the line after its `|`. One that stands
 * elsewhere, for an alias or a merge, is where that is written.
 */
function placeIn(
  document: Document.Parsed,
  path: readonly unknown[],
  lines: LineCounter,
): Pick<Asked, 'line' | 'literal'> {
  const around = path.map((_, i) => document.getIn(path.slice(0, path.length - i), true));
  const node = around.find(isNode) ?? document.contents;
  const [start] = node?.range ?? [];
  const type = isScalar(node) ? node.type : undefined;
  const below = type?.startsWith('BLOCK') ? 1 : 0;
  const line = start === undefined ? undefined : lines.linePos(start).line + below;
  return { line, literal: type === 'BLOCK_LITERAL' };
}

function labelsInTemplate(text: string): Asked['labels'] {
  const names = [...text.matchAll(/\$labels\.([a-zA-Z_]\w*)/g)].map(([, name]) => name!);
  return names.map((name) => ({ name, by: 'its annotations', of: 'its result' }));
}

function textsOf(map: unknown): Record<string, string> {
  const entries = isObject(map) ? Object.entries(map) : [];
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
