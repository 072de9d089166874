import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { UsageError } from '../../errors.js';
import type { Recording } from '../../stack/promql-recordings.js';
import type { Asked, AskedFile } from './asked.js';

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
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const [error] = document.errors ?? [];
    if (error) {
      const line = lines.linePos(error.pos[0]).line;
      const [reason] = error.message.split(/ at line |\n/);
      throw new UsageError(`${file}:${line}: it is no YAML: ${reason}`, { cause: error });
    }
    const root = document.contents;
    if (!isMap(root)) continue;
    const spec = root.get('spec');
    const list = root.get('groups') ?? (isMap(spec) ? spec.get('groups') : undefined);
    if (!isSeq(list)) continue;
    groups++;
    for (const group of list.items) {
      const rules = isMap(group) ? group.get('rules') : undefined;
      for (const rule of isSeq(rules) ? rules.items : []) {
        if (isMap(rule)) readRule(rule, { file, lines, queries, recordings });
      }
    }
  }
  return groups === 0 ? undefined : { file, kind: 'rules', queries, recordings };
}

interface Into {
  readonly file: string;
  readonly lines: LineCounter;
  readonly queries: Asked[];
  readonly recordings: Recording[];
}

function readRule(rule: YAMLMap, { file, lines, queries, recordings }: Into): void {
  const record = textAt(rule, 'record');
  const alert = textAt(rule, 'alert');
  const expression = rule.get('expr', true) as Node | undefined;
  if (!isScalar(expression)) return;
  // An expression may be a number: `expr: 1`.
  const query = String(expression.value ?? '');
  const labels = textsOf(rule.get('labels'));
  const annotations = Object.values(textsOf(rule.get('annotations')));
  if (record !== undefined) recordings.push({ name: record, expression: query, labels });
  queries.push({
    ...{ file, query, variables: false },
    line: lineOf(expression, lines),
    literal: expression.type === 'BLOCK_LITERAL',
    place: record === undefined ? `alert ${alert ?? 'without a name'}` : `record ${record}`,
    labels: annotations.concat(Object.values(labels)).flatMap(labelsInTemplate),
    extra: [...Object.keys(labels), 'alertname'],
  });
}

/** Where a block begins its text is the line after its `|`. */
function lineOf(expression: Node, lines: LineCounter): number | undefined {
  const [start] = expression.range ?? [];
  if (start === undefined) return undefined;
  const block = isScalar(expression) && expression.type?.startsWith('BLOCK') === true;
  return lines.linePos(start).line + (block ? 1 : 0);
}

function labelsInTemplate(text: string): Asked['labels'] {
  const names = [...text.matchAll(/\$labels\.([a-zA-Z_]\w*)/g)].map(([, name]) => name!);
  return names.map((name) => ({ name, by: 'its annotations', of: 'its result' }));
}

function textAt(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === 'string' ? value : undefined;
}

function textsOf(map: unknown): Record<string, string> {
  if (!isMap(map)) return {};
  return Object.fromEntries(
    map.items.map(({ key, value }) => [
      String(isScalar(key) ? key.value : key),
      String(isScalar(value) ? value.value : value),
    ]),
  );
}
