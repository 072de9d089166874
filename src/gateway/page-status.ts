import { VERSION } from '../version.js';
import type { Bytes } from './bytes.js';
import { type Html, html } from './html.js';
import { page } from './page-frame.js';
import { ageText, countText, moment } from './page-parts.js';
import type { Reply } from './reply.js';
import type { Site } from './site.js';

/** What the gateway is, what it holds, and what it was started with. */
export function statusPage({ store, limits, startTime, prefix, admin, now }: Site): Reply {
  const at = now();
  const share = (held: number, limit: number) =>
    html`${countText(held)} <span class="quiet">of ${countText(limit)}</span>`;
  const main = html`<h1>Status</h1>
${table('Runtime', [
  ['Version', html`ragmon ${VERSION}`],
  ['Started', moment(startTime, at)],
  ['Uptime', html`${ageText(at - startTime)}`],
  ['Groups', share(store.groups.size, limits.groups)],
  ['Series', share(store.held.series, limits.series)],
  [
    'Metrics held',
    html`${sizeText(store.held.bytes)} <span class="quiet">of ${sizeText(limits.storedBytes)}</span>`,
  ],
])}
${table('Limits', [
  ['One body', html`${sizeText(limits.bodyBytes)}`],
  ['Bodies being received', html`${sizeText(limits.pendingBytes)}`],
  ['Headers of a request', html`${sizeText(limits.headerBytes)}`],
  ['Connections', html`${countText(limits.connections)}`],
  ['Metrics in one push', html`${countText(limits.pushMetrics)}`],
  ['Labels of a series', html`${countText(limits.labels)}`],
])}
${table('Flags', [
  [
    'Admin API',
    html`${admin ? 'on' : 'off'}: groups ${admin ? 'can' : 'cannot'} be wiped, or deleted from these pages`,
  ],
  ['Route prefix', html`${prefix === '' ? 'none' : prefix}`],
])}`;
  return page(200, 'Status', 'status', main);
}

function table(caption: Bytes, rows: readonly (readonly [name: Bytes, value: Html])[]): Html {
  return html`<h2>${caption}</h2>
<table class="pairs"><caption>${caption}</caption><tbody>
${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`;
}

function sizeText(bytes: number): string {
  const kib = bytes / 1024;
  return kib < 1024
    ? `${countText(Math.ceil(kib))} KiB`
    : `${countText(Math.round(kib / 1024))} MiB`;
}
