import { oneLine } from '../pushgateway/push-error.js';
import type { DeliveredLedger } from './expectation.js';
import type { Finding } from './finding.js';

/** What one server was asked, and what came of it. */
export interface Part {
  readonly against: 'gateway' | 'Prometheus';
  /** Without credentials. */
  readonly url: string;
  readonly findings: readonly Finding[];
}

export interface TextOptions {
  /** Differences shown of a group and check. */
  readonly limit: number;
  /** Leave out what agrees. */
  readonly quiet: boolean;
}

/** For people: a line a group and check, differences with their causes below it. */
export function reportText(
  { truth, delivery }: DeliveredLedger,
  parts: readonly Part[],
  { limit, quiet }: TextOptions,
): string {
  const lines: string[] = [];
  for (const { against, url, findings } of parts) {
    const told = new Set<string>();
    const body = grouped(findings).flatMap((group) => {
      return quiet && group.every(({ agrees }) => agrees) ? [] : groupLines(group, limit, told);
    });
    if (!quiet || body.length > 0) lines.push(`${against} ${url}`, ...body.map((l) => `  ${l}`));
  }
  const run = `run ${delivery.runId} (seed ${truth.seed}, ${delivery.counters})`;
  const wrong = parts.flatMap(({ findings }) => findings).filter(({ agrees }) => !agrees);
  const groups = new Set(wrong.map(({ group }) => group)).size;
  if (wrong.length > 0) {
    lines.push(`${run}: ${plural(wrong.length, 'difference')} in ${plural(groups, 'group')}`);
  } else if (!quiet) {
    lines.push(`${run}: everything agrees`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** The findings of one group and one check together, in the order in which they come. */
function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const id = JSON.stringify([finding.group, finding.check]);
    groups.set(id, [...(groups.get(id) ?? []), finding]);
  }
  return [...groups.values()];
}

/** @param told hints that need not be said again */
function groupLines(findings: readonly Finding[], limit: number, told: Set<string>): string[] {
  const [{ group, check, series, note }] = findings as [Finding];
  const wrong = findings.filter(({ agrees }) => !agrees);
  const name = check === 'series' ? group : `${group}, ${check}`;
  // A run id that is right is no news.
  if (check === 'run' && wrong.length === 0) return [];
  if (series === undefined && wrong.length === 0) return [`${group}: ${note}`];
  const notes = new Set(findings.flatMap((one) => one.note ?? []));
  const causes = new Map(wrong.flatMap(({ cause }) => (cause ? [[cause.text, cause.hint]] : [])));
  const tail = [
    ...[...notes].map((text) => `  note: ${text}`),
    ...[...causes].flatMap(([text, hint]) => {
      const known = told.has(hint);
      told.add(hint);
      return [`  cause: ${text}`, ...(known ? [] : [`         ${hint}`])];
    }),
  ];
  if (series === undefined) {
    return [...wrong.map((one) => `${name}: ${valuesText(one)}`), ...tail];
  }
  const noun = check === 'quantiles' ? '' : 'series ';
  if (wrong.length === 0) return [`${name}: ${findings.length} ${noun}agree`, ...tail];
  const shown = wrong.slice(0, limit).map((one) => `  ${one.series}: ${valuesText(one)}`);
  const more = wrong.length - shown.length;
  return [
    `${name}: ${wrong.length} of ${findings.length} ${noun}differ`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...tail,
  ];
}

function valuesText({ expected, found }: Finding): string {
  return `expected ${expected}, found ${found === null ? 'nothing' : oneLine(String(found))}`;
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** One JSON document: how much was compared, and every difference and note. */
export function reportJson(
  path: string,
  { truth, delivery }: DeliveredLedger,
  parts: readonly Part[],
): string {
  const document = {
    format: 'ragmon-verify',
    version: 1,
    ledger: path,
    runId: delivery.runId,
    seed: truth.seed,
    counters: delivery.counters,
    agrees: parts.every(({ findings }) => findings.every(({ agrees }) => agrees)),
    parts: parts.map(({ against, url, findings }) => ({
      against,
      url,
      checks: grouped(findings).map((one) => ({
        group: one[0]!.group,
        check: one[0]!.check,
        compared: one.length,
        agreed: one.filter(({ agrees }) => agrees).length,
      })),
      differences: findings.filter(({ agrees }) => !agrees),
      notes: findings.filter(({ note }) => note !== undefined),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
