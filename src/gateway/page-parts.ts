import { groupPath } from '../pushgateway/grouping-key.js';
import type { Bytes } from './bytes.js';
import type { Group } from './consistency.js';
import { FAILURE_TIME, type Pair, PUSH_TIME } from './family.js';
import { cut, type Html, html, NOTHING, shownText } from './html.js';

/** Bytes of a value, or of a name, that are shown. */
const MAX_TEXT = 240;
const MAX_LABELS = 32;

export function shortText(text: Bytes, max = MAX_TEXT): Bytes {
  return shownText(cut(text, max));
}

/** `name="value"`, each on its own, of the first so many. */
export function labelChips(pairs: readonly Pair[]): Html {
  const shown = pairs.slice(0, MAX_LABELS).map(
    ([name, value]) =>
      // A text that runs from right to left must not turn its neighbours.
      html`<span class="label"><b>${shortText(name)}</b>=&quot;<bdi>${shortText(value)}</bdi>&quot;</span> `,
  );
  const more = pairs.length - MAX_LABELS;
  return html`${shown}${more > 0 && html`<span class="quiet">and ${more} more</span>`}`;
}

/** `job` apart from the others. */
export function namesOf({ labels: { pairs } }: Group): { job: Bytes; others: readonly Pair[] } {
  const job = pairs.find(([name]) => name === 'job')?.[1] ?? '';
  return { job, others: pairs.filter(([name]) => name !== 'job') };
}

/** From `/metrics` on, as a client writes it: in ASCII. */
export function pathOf(group: Group): string {
  const { job, others } = namesOf(group);
  const text = (bytes: Bytes) => Buffer.from(bytes, 'latin1').toString();
  const labels = Object.fromEntries(others.map(([name, value]) => [name, text(value)]));
  return groupPath({ job: text(job), labels });
}

/** Seconds since the epoch; 0 for never. */
export function pushTimes({ families }: Group): { success: number; failure: number } {
  const at = (name: string) => families.get(name)?.metrics[0]?.value ?? 0;
  return { success: at(PUSH_TIME.name), failure: at(FAILURE_TIME.name) };
}

export function hasFailed(group: Group): boolean {
  const { success, failure } = pushTimes(group);
  return failure > success;
}

/** Its families without the group's own two, by name. */
export function familiesOf({ families }: Group) {
  return [...families.values()]
    .filter(({ name }) => name !== PUSH_TIME.name && name !== FAILURE_TIME.name)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How long ago, and when. Both in milliseconds. */
export function moment(at: number, now: number): Html {
  const age = html`<span class="age">${ageText(now - at)} ago</span>`;
  return html`<time datetime="${new Date(at).toISOString()}">${age} <span class="quiet">${dayText(at)}</span></time>`;
}

/** In UTC, to the second. */
export function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** In its two largest units: `3 h 20 min`. */
export function ageText(ms: number): string {
  // The gateway's times have a thousandth more where two would be the same.
  let rest = Math.max(0, Math.floor(Math.round(ms) / 1000));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first < 0) return '0 s';
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count} ${unit}` : '';
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** With its thousands apart. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Links to the page before and after; nothing where there is one page only. */
export function pager(current: number, pages: number, href: (page: number) => string): Html {
  if (pages <= 1) return NOTHING;
  const step = (to: number, name: string, rel: string) =>
    to >= 1 && to <= pages
      ? html`<a rel="${rel}" href="${href(to)}">${name}</a>`
      : html`<span class="quiet">${name}</span>`;
  return html`<nav class="pager" aria-label="Further pages">${step(current - 1, 'Previous', 'prev')}
<span>Page ${current} of ${pages}</span> ${step(current + 1, 'Next', 'next')}</nav>`;
}

/** What is on `page` of pages of `size`; a page that does not exist is the nearest that does. */
export function pageOf(count: number, size: number, asked: string | null) {
  const pages = Math.max(1, Math.ceil(count / size));
  const number = /^\d{1,9}$/.test(asked ?? '') ? Number(asked) : 1;
  const current = Math.min(pages, Math.max(1, number));
  return { current, pages, from: (current - 1) * size, to: current * size };
}
