import type { Palette } from '../../ui/colours.js';
import { count } from '../../ui/format.js';
import type { Checked, Finding } from './check.js';

// What `ragmon catalogue --check` says to people: a line a finding, as compilers do.

/** `alerts.yml:12: alert HighErrorRate: there is no metric x; y?` */
export function findingLines({ findings }: Checked, palette: Palette): string[] {
  return findings.map(({ asked, line, message, unknown }) => {
    const place = line === undefined ? asked.file : `${asked.file}:${line}`;
    const suggestion = unknown?.suggestion;
    const meant = suggestion === undefined ? '' : palette.accent(`; perhaps ${suggestion}?`);
    return `${palette.strong(place)}: ${asked.place}: ${palette.bad(message)}${meant}`;
  });
}

/** What could not be judged. */
export function unreadLines({ unread }: Checked): string[] {
  return unread.map(
    ({ file, place }) => `${file}: ${place}: not read, as a variable stands for PromQL itself`,
  );
}

/** `2 files, 31 queries: everything in them is there` */
export function checkSummary({ files, findings }: Checked): string {
  const queries = files.flatMap((file) => file.queries).length;
  const subject = `${plural(files.length, 'file')}, ${plural(queries, 'query', 'queries')}`;
  return `${subject}: ${findings.length === 0 ? 'everything in them is there' : counts(findings)}`;
}

/** `3 metrics, 1 label and 2 values that nobody emits, 1 query that is no PromQL` */
function counts(findings: readonly Finding[]): string {
  const of = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const unknown = (['metric', 'label', 'value'] as const)
    .filter((kind) => of(kind) > 0)
    .map((kind) => plural(of(kind), kind));
  const broken = of('syntax');
  return [
    ...(unknown.length > 0 ? [`${listed(unknown)} that nobody emits`] : []),
    ...(broken > 0
      ? [broken === 1 ? '1 query that is no PromQL' : `${count(broken)} queries that are no PromQL`]
      : []),
  ].join(', ');
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
