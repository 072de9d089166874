import { type Entry, goes, reasonText, showKey } from '../../cleanup/plan.js';
import type { Sweep, SweepPlan } from '../../cleanup/sweep.js';
import { formatKey } from '../../pushgateway/grouping-key.js';
import type { Palette } from '../../ui/colours.js';
import * as format from '../../ui/format.js';
import { keepImportant } from '../../ui/line.js';
import { type Column, drawTable, tableWidth } from '../../ui/table.js';

// What `ragmon cleanup` says to people.

/** Rows of each verdict where not everything is asked for. */
const ROWS = { delete: 50, stay: 20 };

/**
 * What goes and what stays, and why. The key comes last and is never cut: where it does not fit into
 * `width`, columns that matter less go, and then it has a line of its own.
 */
export function planTable(
  { entries }: SweepPlan,
  look: { palette: Palette; olderThan: string; whole: boolean; width: number },
): string[] {
  const { palette, whole, width } = look;
  const lists = (['delete', 'stay'] as const).map((verdict) => {
    const all = entries.filter((entry) => entry.verdict === verdict);
    const rows = whole ? all : all.slice(0, ROWS[verdict]);
    return { verdict, rows, more: all.length - rows.length };
  });
  const rows = lists.flatMap((list) => list.rows);
  if (rows.length === 0) return [];
  const fits = (columns: readonly Column<Entry>[]) => tableWidth(columns, rows) <= width;
  const all = columnsOf(look);
  const columns = keepImportant(all, fits);
  const lines = fits(columns)
    ? drawTable(columns, rows, palette)
    : drawTable(keepImportant(all.slice(0, -1), fits), rows, palette).flatMap((line, i) =>
        i === 0 ? [line] : [line, `  ${showKey(rows[i - 1]!.key)}`],
      );
  return [
    ...lines,
    ...lists
      .filter(({ more }) => more > 0)
      .map(({ verdict, more }) =>
        palette.faint(`${verdict}: ${format.count(more)} more, -v shows them`),
      ),
  ];
}

type PlanColumn = Column<Entry> & { readonly importance: number };

function columnsOf({
  palette,
  olderThan,
}: {
  palette: Palette;
  olderThan: string;
}): readonly PlanColumn[] {
  const quiet = (entry: Entry) => (goes(entry) ? undefined : palette.faint);
  const words = { align: 'left', paint: quiet } as const;
  return [
    {
      ...{ header: '', align: 'left', importance: 1, cell: ({ verdict }) => verdict },
      paint: (entry) => (goes(entry) ? palette.warn : palette.faint),
    },
    { ...words, header: 'last push (UTC)', importance: 5, cell: pushText },
    { header: 'age', importance: 2, cell: ageText, paint: quiet },
    { ...words, header: 'owner', importance: 4, cell: ownerText },
    {
      ...{ ...words, header: 'why', importance: 3 },
      cell: ({ reason }) => reasonText(reason, { olderThan }),
    },
    { ...words, header: 'group', importance: 0, cell: ({ key }) => showKey(key) },
  ];
}

function pushText({ lastPush, pushTime, failureTime }: Entry): string {
  if (lastPush === undefined || lastPush * 1000 > 8.64e15) return format.DASH;
  return format.instant(lastPush * 1000) + (failureTime > pushTime ? ', failed' : '');
}

function ageText({ age }: Entry): string {
  // Not rounded up: that would contradict what is said of its age.
  return age === undefined ? format.DASH : format.duration(Math.max(0, Math.floor(age)));
}

function ownerText({ own }: Entry): string {
  return own ? 'ragmon' : 'other';
}

/** `12 deleted · 1 pushed again, left alone · 30 stay: 20 not pushed by ragmon, … · 3 not selected` */
export function summaryLine(
  { plan, ...sweep }: Sweep,
  { olderThan, dryRun }: { olderThan: string; dryRun: boolean },
): string {
  const some = (list: readonly unknown[], what: string) =>
    list.length > 0 ? [`${format.count(list.length)} ${what}`] : [];
  const doomed = plan.entries.filter(goes).length;
  return [
    dryRun
      ? `${format.count(doomed)} would be deleted`
      : `${format.count(sweep.deleted.length)} deleted${sweep.unverified ? ', not verified' : ''}`,
    ...some(sweep.returned, 'deleted, and there again'),
    ...some(sweep.spared, 'pushed again, left alone'),
    ...some(sweep.gone, 'gone before'),
    ...some(sweep.failures, 'not deleted'),
    ...some(sweep.left, 'not tried'),
    ...stays(plan, olderThan),
    ...(plan.unselected > 0 ? [`${format.count(plan.unselected)} not selected`] : []),
  ].join(' · ');
}

function stays({ entries }: SweepPlan, olderThan: string): string[] {
  const counts = new Map<string, number>();
  for (const { verdict, reason } of entries) {
    const text = reasonText(reason, { olderThan });
    if (verdict === 'stay') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return [];
  const reasons = [...counts].map(([text, n]) => `${format.count(n)} ${text}`);
  return [`${format.count(total)} stay: ${reasons.join(', ')}`];
}

/** A second of the gateway's clock is as exact as it tells; less than two say nothing. */
const SKEW_WORTH_SAYING = 2;

/** What a reader of the plan should know. */
export function planNotes({ skew, unreadable }: SweepPlan): string[] {
  const difference = format.duration(Math.abs(skew));
  return [
    ...(Math.abs(skew) < SKEW_WORTH_SAYING
      ? []
      : [
          `the gateway’s clock is ${difference} ${skew > 0 ? 'ahead of' : 'behind'} this machine’s; ` +
            'ages are by the gateway’s',
        ]),
    ...unreadable.map((what) => `${what}: nobody can delete it`),
  ];
}

/** What did not come as planned, each with the groups that it is about. */
export function sweepNotes({ returned, spared, failures, unverified }: Sweep): string[] {
  // A gateway that is away fails them all alike.
  const errors = new Map<string, Entry[]>();
  for (const { entry, error } of failures) {
    const text = error.replace(formatKey(entry.key), '{…}');
    const alike = errors.get(text);
    if (alike) alike.push(entry);
    else errors.set(text, [entry]);
  }
  return [
    ...listed('pushed again before its deletion, or newest now: left alone', spared),
    ...listed('deleted, and there again: somebody pushes it', returned),
    ...[...errors].flatMap(([error, entries]) => listed(`not deleted: ${error}`, entries)),
    ...(unverified === undefined
      ? []
      : [`whether the deleted groups are gone is not known: ${unverified}`]),
  ];
}

function listed(what: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  return [[what, ...entries.map(({ key }) => `  ${showKey(key)}`)].join('\n')];
}
