import type { Group } from './consistency.js';
import { type Html, html } from './html.js';
import { page } from './page-frame.js';
import {
  countText,
  familiesOf,
  hasFailed,
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

const GROUPS_A_PAGE = 200;

/** The groups: those first whose last push failed, then by job and labels. */
export function listPage({ store, ...site }: Site, query: URLSearchParams): Reply {
  const groups = [...store.groups.values()]
    .map((group) => ({ group, failed: hasFailed(group), job: namesOf(group).job }))
    .sort((a, b) => {
      if (a.failed !== b.failed) return a.failed ? -1 : 1;
      if (a.job !== b.job) return a.job < b.job ? -1 : 1;
      return a.group.labels.id < b.group.labels.id ? -1 : 1;
    });
  const failed = groups.filter((group) => group.failed).length;
  const { current, pages, from, to } = pageOf(groups.length, GROUPS_A_PAGE, query.get('page'));
  const now = site.now();
  const rows = groups.slice(from, to).map(({ group }) => row(group, now));
  const title = plural(groups.length, 'group');
  const main = html`<h1>Groups</h1>
<p class="facts">${title}, ${plural(store.held.series, 'series', 'series')}${
    failed > 0 &&
    html`, <strong class="failed">${countText(failed)} with a failed last push</strong>`
  }</p>
${groups.length === 0 ? EMPTY : table(rows)}
${pager(current, pages, (other) => `./?page=${other}`)}`;
  return page(200, title, 'groups', main);
}

const EMPTY = html`<div class="empty"><p>Nothing has been pushed yet. To try it:</p>
<pre><code>echo 'answer 42' | curl --data-binary @- <i>this address</i>/metrics/job/try</code></pre></div>`;

function table(rows: readonly Html[]): Html {
  return html`<table class="groups">
<caption>Groups, those with a failed last push first</caption>
<thead><tr><th scope="col">Group</th><th scope="col">Last push</th><th scope="col">Last failure</th><th scope="col" class="number">Metrics</th><th scope="col" class="number">Series</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function row(group: Group, now: number): Html {
  const { job, others } = namesOf(group);
  const { success, failure } = pushTimes(group);
  const failed = failure > success;
  const metrics = familiesOf(group).length;
  return html`<tr${failed && html` class="bad"`}>
<th scope="row"><a href="./?group=${encodeURIComponent(pathOf(group))}"><bdi>${shortText(job)}</bdi></a> ${labelChips(others)}${failed && html`<span class="failed">push failed</span>`}</th>
<td data-name="Last push">${success > 0 ? moment(success * 1000, now) : NEVER}</td>
<td data-name="Last failure"${failure === 0 && html` class="none"`}>${failure > 0 ? moment(failure * 1000, now) : NEVER}</td>
<td data-name="Metrics" class="number">${countText(metrics)}</td>
<td data-name="Series" class="number">${countText(seriesOf(group))}</td>
</tr>
`;
}

const NEVER = html`<span class="quiet">never</span>`;

/** All that a scrape shows of it, its push times too: the rows add up to what the gateway holds. */
function seriesOf({ families }: Group): number {
  let series = 0;
  for (const { metrics } of families.values()) {
    for (const { points } of metrics) series += Math.max(1, points.length / 2);
  }
  return series;
}
