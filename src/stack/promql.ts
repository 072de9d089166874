import { parser } from '@prometheus-io/lezer-promql';
import { RE2JS } from 're2js';
import { messageOf } from '../errors.js';
import { unquote } from '../series.js';
import { type Filled, fillVariables, type Span } from './promql-variables.js';

/** A node of the tree that Prometheus's own grammar makes of a query. */
export type Node = ReturnType<typeof parser.parse>['topNode'];

export interface Query {
  readonly text: string;
  readonly root: Node;
  readonly variables: readonly Span[];
  /** Why it is no PromQL, as half a sentence. */
  readonly problem: string | undefined;
  /** It could not be read because of variables that stand for pieces of PromQL itself. */
  readonly unread: boolean;
}

/**
 * Reads a query. @param variables whether Grafana's are filled in first
 *
 * Only its grammar is looked at, as newest Prometheus has it: that `rate()` needs a range, or a
 * function a third argument, is not noticed.
 */
export function parseQuery(text: string, { variables }: { variables: boolean }): Query {
  const filled: Filled = variables
    ? fillVariables(text)
    : { text, variables: [], structural: false };
  const root = parser.parse(filled.text).topNode;
  const problem = grammarProblem(root, filled.text);
  const query = { text, root, variables: filled.variables };
  // What a variable stands for may make PromQL of it.
  if (problem !== undefined && filled.structural)
    return { ...query, problem: undefined, unread: true };
  return { ...query, problem: problem ?? stringProblem(query), unread: false };
}

/** What the query itself says there. */
export function textOf(node: Node, { text }: Pick<Query, 'text'>): string {
  return text.slice(node.from, node.to);
}

/** Whether what stands there is not known, as a variable is in it. */
export function isVariable(node: Node, { variables }: Pick<Query, 'variables'>): boolean {
  return variables.some(({ from, to }) => from < node.to && node.from < to);
}

/** The expressions right below a node. */
export function expressionsIn(node: Node): Node[] {
  return node.getChildren('Expr');
}

function grammarProblem(root: Node, text: string): string | undefined {
  const error = firstError(root);
  if (error === undefined) return undefined;
  const rest = text.slice(error.from).trimStart();
  if (rest === '') return text.trim() === '' ? 'it is empty' : 'it ends too early';
  const called = error.prevSibling?.name === 'Identifier' ? error.prevSibling : undefined;
  if (called && rest.startsWith('(')) {
    return `there is no function ${text.slice(called.from, called.to)}`;
  }
  const at = text.length - rest.length;
  const word = /^(\w+|.{1,2})/s.exec(rest)![0].trim();
  return `${JSON.stringify(word)} is not expected at ${placeOf(text, at)}`;
}

function firstError(root: Node): Node | undefined {
  let first: Node | undefined;
  root.cursor().iterate((node) => {
    if (first === undefined && node.type.isError) first = node.node;
    return first === undefined;
  });
  return first;
}

/** A string that is none of Go's, such as `"\d+"`, or a pattern that RE2 does not take. */
function stringProblem(query: Pick<Query, 'text' | 'root' | 'variables'>): string | undefined {
  let problem: string | undefined;
  query.root.cursor().iterate(({ name, node }) => {
    if (problem !== undefined || name !== 'StringLiteral' || isVariable(node, query)) return;
    const text = textOf(node, query);
    const value = unquote(text);
    const operator = node.parent?.getChild('MatchOp');
    if (value === undefined) problem = `${text} has an escape that there is not; \\ is doubled`;
    else if (operator && textOf(operator, query).endsWith('~')) problem = patternProblem(value);
  });
  return problem;
}

function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, '');
    return `${JSON.stringify(pattern)} is no regular expression: ${reason}`;
  }
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  const column = `character ${lines.at(-1)!.length + 1}`;
  return text.trim().includes('\n') ? `line ${lines.length}, ${column}` : column;
}
