import type { Bytes } from './bytes.js';
import type { Group, Metric, StoredFamily } from './consistency.js';
import type { Pair } from './family.js';
import { type Html, html, NOTHING } from './html.js';
import { page } from './page-frame.js';
import {
  countText,
  dayText,
  familiesOf,
  labelChips,
  moment,
  namesOf,
  pageOf,
  pager,
  pathOf,
  plural,
  pushTimes,
  shortText,
} from './page-parts.js';
import type { Reply } from './reply.js';
import type { Site } from './site.js';

/** A group may hold a million: a page shows so many series, each with so many buckets. */
const SERIES_A_PAGE = 500;
const MAX_POINTS = 200;

/** One group and its metrics. */
export function groupPage(site: Site, group: Group, query: URLSearchParams): Reply {
  const now = site.now();
  const { job, others } = namesOf(group);
  const path = pathOf(group);
  const families = familiesOf(group);
  const series = families.reduce((sum, { metrics }) => sum + metrics.length, 0);
  const shown = pageOf(series, SERIES_A_PAGE, query.get('page'));
  const main = html`<p class="trail"><a href="./">Groups</a></p>
<h1><bdi>${shortText(job)}</bdi> ${labelChips(others)}</h1>
${pushes(group, now)}
<h2>${plural(families.length, 'metric')}, with ${plural(series, 'set')} of labels</h2>
${[...sections(families, group, shown, now)]}
${pager(shown.current, shown.pages, (other) => `./?group=${encodeURIComponent(path)}&page=${other}`)}
${site.admin ? deletion(path) : NOTHING}`;
  return page(200, shortText(job), undefined, main);
}

/** Where there is none of that name, or no more. */
export function noGroupPage(): Reply {
  const main = html`<p class="trail"><a href="./">Groups</a></p>
<h1>No such group</h1><p>It may have been deleted.</p>`;
  return page(404, 'No such group', undefined, main);
}

function pushes(group: Group, now: number): Html {
  const { success, failure } = pushTimes(group);
  const failed = failure > success;
  const at = (time: number) => (time > 0 ? moment(time * 1000, now) : html`never`);
  return html`${failed && html`<p class="notice"><strong class="failed">The last push failed.</strong> What is shown is from the last one that did not.</p>`}
<table class="pairs"><caption>Pushes</caption><tbody>
<tr><th scope="row">Last push</th><td>${at(success)}</td></tr>
<tr><th scope="row">Last failure</th><td>${at(failure)}</td></tr>
<tr><th scope="row">Path</th><td><code>${shortText(pathOf(group), 1000)}</code></td></tr>
</tbody></table>`;
}

function* sections(
  families: readonly StoredFamily[],
  group: Group,
  { from, to }: { from: number; to: number },
  now: number,
): Iterable<Html> {
  let at = 0;
  for (const family of families) {
    const metrics = family.metrics.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += family.metrics.length;
    if (metrics.length > 0) yield section(family, group, metrics, now);
  }
}

function section(
  { name, type, help, time, metrics: all }: StoredFamily,
  group: Group,
  metrics: readonly Metric[],
  now: number,
): Html {
  const composed = type === 'histogram' || type === 'summary';
  const columns = composed
    ? html`<th scope="col" class="number">Count</th><th scope="col" class="number">Sum</th><th scope="col">${type === 'summary' ? 'Quantiles' : 'Buckets'}</th>`
    : html`<th scope="col" class="number">Value</th>`;
  const rows = metrics.map((metric) => {
    const own = labelChips(ownLabels(metric, group));
    const values = composed ? composedCells(type, metric) : valueCell(name, metric);
    return html`<tr><th scope="row">${own.markup === '' ? NO_LABELS : own}</th>${values}</tr>\n`;
  });
  // Left alone by a later POST.
  const older = pushTimes(group).success * 1000 - time >= 1;
  const part =
    metrics.length < all.length &&
    html` <span class="quiet">${metrics.length} of ${countText(all.length)}</span>`;
  return html`<details class="family" open><summary><h3>${shortText(name)}</h3> <span class="type">${type}</span>${part}</summary>
${help ? html`<p class="help"><bdi>${shortText(help, 1000)}</bdi></p>` : NOTHING}
<div class="scroll"><table class="series"><caption>Series of ${shortText(name)}</caption>
<thead><tr><th scope="col">Labels</th>${columns}</tr></thead><tbody>
${rows}</tbody></table></div>
${older && html`<p class="quiet">Pushed ${moment(time, now)}</p>`}</details>
`;
}

const NO_LABELS = html`<span class="quiet">no labels of its own</span>`;

/** Those that the group does not have anyway. */
function ownLabels({ labels }: Metric, group: Group): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? '', labels[i + 1] ?? '']);
  return pairs.filter(([name, value]) => {
    const everyones = name === 'instance' && value === '';
    return !group.labels.names.has(name) && !everyones;
  });
}

function valueCell(name: Bytes, { value }: Metric): Html {
  const time = /_time(stamp)?_seconds$/.test(name) && value > 1e8 && value < 1e11;
  const date = time && html`<br><span class="quiet">${dayText(value * 1000)}</span>`;
  return html`<td class="number">${numberText(value)}${date}</td>`;
}

function composedCells(type: StoredFamily['type'], { value, count, points }: Metric): Html {
  const summary = type === 'summary';
  const sign = summary ? NOTHING : html`&le; `;
  const rows: Html[] = [];
  for (let i = 0; i < points.length && i < 2 * MAX_POINTS; i += 2) {
    const [bound, at] = [points[i] ?? 0, points[i + 1] ?? 0];
    rows.push(
      html`<tr><th scope="row">${sign}${numberText(bound)}</th><td class="number">${numberText(at)}</td></tr>`,
    );
  }
  const total = points.length / 2;
  const more =
    total > MAX_POINTS && html`<p class="quiet">and ${countText(total - MAX_POINTS)} more</p>`;
  const list = html`<details><summary>${plural(total, summary ? 'quantile' : 'bucket')}</summary><table class="points"><tbody>${rows}</tbody></table>${more}</details>`;
  return html`<td class="number">${numberText(count)}</td><td class="number">${numberText(value)}</td><td>${total > 0 ? list : NOTHING}</td>`;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

/** A form of its own: no script, and behind a second step. */
function deletion(path: Bytes): Html {
  return html`<details class="danger"><summary>Delete this group</summary>
<form method="post" action="delete"><input type="hidden" name="group" value="${path}">
<p>Its metrics are gone from the next scrape on. A client that still pushes brings it back.</p>
<button>Delete this group for good</button></form></details>`;
}
