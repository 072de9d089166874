import { VERSION } from '../version.js';
import { type Bytes, toBytes } from './bytes.js';
import { type Html, html, NOTHING } from './html.js';
import { STYLE } from './page-style.js';
import type { Reply } from './reply.js';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  // No script, no picture, no other site: what a label says can at most be read.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // With `no-referrer` a browser would send its own forms with `Origin: null`.
  'Referrer-Policy': 'same-origin',
};

type Place = 'groups' | 'status';

/** Every page: links are relative, so that it can stand behind any path. */
export function page(status: number, title: Bytes, here: Place | undefined, main: Html): Reply {
  const link = (place: Place, href: string, name: string) =>
    html`<a href="${href}"${place === here ? CURRENT : NOTHING}>${name}</a>`;
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title} · ragmon gateway</title>
<style>${{ markup: toBytes(STYLE) }}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><nav aria-label="Pages"><a class="brand" href="./">ragmon <span>gateway</span></a>
${link('groups', './', 'Groups')} ${link('status', 'status', 'Status')}</nav>
<nav aria-label="Data"><a href="metrics">/metrics</a> <a href="api/v1/metrics">/api/v1/metrics</a></nav></header>
<main id="main">
${main}
</main>
<footer>ragmon ${VERSION}, an embedded Pushgateway. All times are UTC.</footer>
</body>
</html>
`;
  return { status, headers: HEADERS, body: [markup] };
}

const CURRENT = html` aria-current="page"`;
