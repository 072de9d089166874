import type { Env } from '../../env.js';
import { messageOf, UsageError } from '../../errors.js';
import { parseQuery } from '../../stack/promql.js';
import { examine } from '../../stack/promql-check.js';
import type { Known } from '../../stack/promql-known.js';
import { withRecordings } from '../../stack/promql-recordings.js';
import { describeUnknown, type Unknown, unknownLabel } from '../../stack/promql-unknown.js';
import type { Asked, AskedFile } from './asked.js';
import { isDashboard, queriesOfDashboard } from './dashboards.js';
import { readRules } from './rules.js';

/** Something in a query that is not there, or that is no query. */
export interface Finding {
  readonly asked: Asked;
  readonly line: number | undefined;
  readonly kind: Unknown['kind'] | 'syntax';
  readonly message: string;
  /** Undefined for a query that could not be read. */
  readonly unknown: Unknown | undefined;
}

/** What came of looking into files. */
export interface Checked {
  readonly files: readonly AskedFile[];
  readonly findings: readonly Finding[];
  /** Queries whose variables stand for pieces of PromQL: nobody can tell what they will name. */
  readonly unread: readonly Asked[];
}

/**
 * Reads dashboards and rule files.
 * @throws UsageError for a file that cannot be read, and one that is neither
 */
export async function readAsked(paths: readonly string[], env: Env): Promise<AskedFile[]> {
  const files: AskedFile[] = [];
  for (const file of new Set(paths)) {
    const text = await env.readFile(file).catch((cause: unknown) => {
      throw new UsageError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
    });
    files.push(askedIn(file, text));
  }
  return files;
}

function askedIn(file: string, text: string): AskedFile {
  const json = parseJson(text);
  if (isDashboard(json.value)) {
    const queries = queriesOfDashboard(file, json.value);
    return { file, kind: 'dashboard', queries, recordings: [] };
  }
  if (json.error !== undefined && /^\s*\{/.test(text)) {
    throw new UsageError(`${file}: it is no JSON: ${messageOf(json.error)}`);
  }
  const rules = readRules(file, text);
  if (rules) return rules;
  throw new UsageError(`${file} is neither a Grafana dashboard nor a Prometheus rule file`, {
    hint: 'a dashboard is JSON with panels, a rule file YAML with groups',
  });
}

function parseJson(text: string): { value?: unknown; error?: unknown } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    return { error };
  }
}

/** Holds what the files ask for against what is there, what they record themselves included. */
export function checkAsked(files: readonly AskedFile[], emitted: Known): Checked {
  const known = withRecordings(
    emitted,
    files.flatMap(({ recordings }) => recordings),
  );
  const all = files.flatMap(({ queries }) => queries).map((asked) => checkOne(asked, known));
  return {
    files,
    findings: all.flatMap(({ findings }) => findings),
    unread: all.flatMap(({ asked, unread }) => (unread ? [asked] : [])),
  };
}

function checkOne(asked: Asked, known: Known) {
  const query = parseQuery(asked.query, asked);
  const problem = asked.problem ?? (query.problem && `it is no PromQL: ${query.problem}`);
  if (problem !== undefined) {
    const { line } = asked;
    const finding = { asked, line, kind: 'syntax', message: problem, unknown: undefined } as const;
    return { asked, unread: false, findings: [finding] };
  }
  const { labels, unknown } = examine(query, known);
  const beside = asked.labels.flatMap(({ name, by, of }) =>
    labels === undefined || labels.has(name) || asked.extra.includes(name)
      ? []
      : [unknownLabel(name, labels, { of, by })],
  );
  const findings = [...unknown, ...beside].map(
    (one): Finding => ({
      ...{ asked, unknown: one, kind: one.kind, message: describeUnknown(one) },
      line: lineOf(asked, one.at ?? 0),
    }),
  );
  const once = new Map(findings.map((finding) => [finding.message, finding]));
  return { asked, unread: query.unread, findings: [...once.values()] };
}

function lineOf({ line, literal, query }: Asked, at: number): number | undefined {
  if (line === undefined || !literal) return line;
  return line + query.slice(0, at).split('\n').length - 1;
}
