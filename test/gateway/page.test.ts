import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupPath } from '../../src/pushgateway/grouping-key.js';
import { testClient } from '../pushgateway/clients.js';
import { stateOf, testGateway } from './gateways.js';
import { type RawAnswer, rawRequest } from './raw-http.js';

const START = Date.UTC(2026, 10, 21, 9);

/** Its clock stands still until it is set. */
async function started(options = {}) {
  const clock = { at: START, now: () => clock.at };
  const gateway = await testGateway({ clock, ...options });
  const put = async (path: string, body = 'x 1\n', method = 'PUT') =>
    await rawRequest(gateway.port, method, `/metrics/job/${path}`, body);
  const get = async (path: string) => utf8(await rawRequest(gateway.port, 'GET', path));
  return { ...gateway, clock, put, get };
}

function utf8(answer: RawAnswer): RawAnswer {
  return { ...answer, body: Buffer.from(answer.body, 'latin1').toString() };
}

const decoded = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&le;/g, '≤')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
/** What a person reads, in one line. */
const textOf = (html: string) =>
  decoded(
    html.replace(/<\/?(b|bdi)>/g, '').replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, ' '),
  ).replace(/\s+/g, ' ');
const linksOf = ({ body }: RawAnswer) =>
  [...body.matchAll(/href="(\.\/\?group=[^"]*)"/g)].map(([, href]) => decoded(href ?? '').slice(1));
const rowsOf = ({ body }: RawAnswer) =>
  [...body.matchAll(/<tr[^>]*>\n<th scope="row"[\s\S]*?<\/tr>/g)].map(([row]) =>
    textOf(row).trim(),
  );

describe('the list', () => {
  test('has every group, its times, and what failed first', async () => {
    const { clock, put, get } = await started();
    await put('b/instance/1', '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="2"} 1\ny 1\n');
    await put('a', '');
    clock.at += 3_600_000;
    await put('z', 'x 1 123\n');
    await put('c');
    clock.at += 1000;
    await put('c', 'x 1 123\n');
    clock.at += 65_000;
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(textOf(page.body)).toContain('4 groups, 12 series, 2 with a failed last push');
    expect(rowsOf(page)).toEqual([
      'c push failed 1 min 6 s ago 2026-11-21 10:00:00 1 min 5 s ago 2026-11-21 10:00:01 1 3',
      'z push failed never 1 min 6 s ago 2026-11-21 10:00:00 0 2',
      'a 1 h 1 min ago 2026-11-21 09:00:00 never 0 2',
      'b instance="1" 1 h 1 min ago 2026-11-21 09:00:00 never 2 5',
    ]);
  });

  test('is empty at first', async () => {
    const { get } = await started();
    const page = await get('/');
    expect(textOf(page.body)).toContain('0 groups, 0 series Nothing has been pushed yet.');
    expect(page.body).not.toContain('<table');
  });

  test('comes in pages of 200', async () => {
    const { put, get } = await started();
    for (let i = 0; i < 401; i++) await put(`a/n/${String(i).padStart(3, '0')}`);
    const page = async (query: string) => linksOf(await get(`/${query}`));
    const [first, second, third] = [await page(''), await page('?page=2'), await page('?page=3')];
    expect([first.length, second.length, third.length]).toEqual([200, 200, 1]);
    expect(new Set([...first, ...second, ...third]).size).toBe(401);
    expect(third[0]).toBe(`/?group=${encodeURIComponent('/metrics/job/a/n/400')}`);
    expect(await page('?page=0')).toEqual(first);
    expect(await page('?page=99')).toEqual(third);
    expect(await page('?page=x')).toEqual(first);
    expect(textOf((await get('/?page=2')).body)).toContain('Previous Page 2 of 3 Next');
  });
});

test('the status says what it is, holds and allows', async () => {
  const { clock, put, get } = await started({ limits: { groups: 7 }, routePrefix: '/p' });
  await put('x');
  clock.at += 90_061_000;
  const { body, headers } = await get('/p/status');
  const text = textOf(body);
  expect(text).toContain('Started 1 d 1 h ago 2026-11-21 09:00:00 Uptime 1 d 1 h');
  expect(text).toContain('Groups 0 of 7 Series 0 of 2,000,000 Metrics held 0 KiB of 512 MiB');
  expect(text).toContain('Admin API off: groups cannot be wiped');
  expect(text).toContain('Route prefix /p');
  expect(body).not.toMatch(/(href|action|src)="\//);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

describe('the page of a group', () => {
  const at = (path: string) => `/?group=${encodeURIComponent(`/metrics/job/${path}`)}`;

  test('shows its metrics', async () => {
    const { clock, put, get } = await started();
    await put('a/instance/i', 'x_timestamp_seconds 1795258474\n');
    clock.at += 5000;
    await put(
      'a/instance/i',
      `# HELP c Of "c" & d.
# TYPE c counter
c{l="1"} 1e6
c{l="2"} NaN
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="+Inf"} 3
h_sum 2.5
h_count 3
# TYPE s summary
s{quantile="0.5"} -Inf
s_sum 1
s_count 2
`,
      'POST',
    );
    const page = await get(at('a/instance/i'));
    expect(page.status).toBe(200);
    const text = textOf(page.body);
    expect(text).toContain('Path /metrics/job/a/instance/i');
    expect(text).toContain('4 metrics, with 5 sets of labels');
    expect(text).toContain(
      'c counter Of "c" & d. Series of c Labels Value l="1" 1000000 l="2" NaN',
    );
    expect(text).toContain('no labels of its own 3 2.5 2 buckets ≤ 0.1 1 ≤ +Inf 3');
    expect(text).toContain('no labels of its own 2 1 1 quantile 0.5 -Inf');
    expect(text).toContain('1795258474 2026-11-21 10:54:34 Pushed 5 s ago 2026-11-21 09:00:00');
    expect(text.match(/ Pushed /g)).toHaveLength(1);
    expect(text).not.toContain('Delete');
  });

  test('says that the last push failed', async () => {
    const { put, get } = await started();
    await put('a');
    await put('a', 'x 2 5\n');
    const page = textOf((await get(at('a'))).body);
    expect(page).toContain('The last push failed.');
    expect(page).toContain('no labels of its own 1 ');
  });

  test.each(['b', 'a/b', '', '/..', 'a/b/c@base64/!'])('of %j there is none', async (path) => {
    const { put, get } = await started();
    await put('a');
    const page = await get(at(path));
    expect(page.status).toBe(404);
    expect(textOf(page.body)).toContain('No such group');
  });

  test('is not larger than a page', async () => {
    const { port, put, get } = await started();
    const long = 'ä'.repeat(500_000);
    const series = Array.from({ length: 1200 }, (_, i) => `x{l="${i}"} ${i}\n`);
    const buckets = Array.from({ length: 5000 }, (_, i) => `h_bucket{le="${i}"} ${i}\n`);
    const body = `# HELP y ${long}\ny{l="${long}"} 1\n# TYPE h histogram\n${buckets.join('')}`;
    const bytes = Buffer.from(`${series.join('')}${body}`);
    expect((await rawRequest(port, 'PUT', '/metrics/job/a', bytes)).status).toBe(200);
    const pages = [
      await get(at('a')),
      await get(`${at('a')}&page=2`),
      await get(`${at('a')}&page=3`),
    ];
    for (const page of pages) expect(page.body.length).toBeLessThan(250_000);
    expect(textOf(pages[0]?.body ?? '')).toContain('5,000 buckets');
    expect(textOf(pages[0]?.body ?? '')).toContain('and 4,800 more');
    expect(textOf(pages[1]?.body ?? '')).toContain('500 of 1,200');
    expect(textOf(pages[2]?.body ?? '')).toContain('l="1199" 1199');
    expect(textOf(pages[2]?.body ?? '')).toContain('ä…" 1');
    await put(`a/l/${'%01'.repeat(10_000)}`);
    expect((await get('/')).body.length).toBeLessThan(50_000);
  });
});

test('nothing that is pushed is markup', async () => {
  const { url, port, get } = await started({ enableAdminApi: true });
  const evil = `</title></style><script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;
  const client = testClient(url);
  await client.put(
    { job: evil, labels: { a: evil, b: '\u202e\0\n', c: 'ä😀' } },
    `# HELP x ${evil}\nx{l="${evil.replaceAll('"', '\\"')}"} 1\n`,
  );
  const list = await get('/');
  const group = await get(linksOf(list)[0] ?? '');
  expect(group.status).toBe(200);
  for (const { body } of [list, group]) {
    expect(body).not.toMatch(/<(script|img)|<\/style>[^<]*<[^/]|[\0\u202e]/);
    const text = decoded(body.replace(/<\/?(b|bdi|span)( [^>]*)?>/g, ''));
    expect(text).toContain(`a="${evil}"`);
    expect(text).toContain('b="\\u202e\\x00\\n"');
    expect(text).toContain('c="ä😀"');
  }
  expect(decoded(group.body)).toContain(`<bdi>${evil}</bdi></p>`);
  const query = await get(`/?group=${encodeURIComponent(evil)}&page=${encodeURIComponent(evil)}`);
  expect(query.body).not.toContain('alert');
  expect((await rawRequest(port, 'GET', '/?group=%ff%zz&page=%')).status).toBe(404);
});

describe('deleting from a page', () => {
  const form = (path: string) => `group=${encodeURIComponent(path)}`;
  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

  test('is for admins: else there is no form, and no path', async () => {
    const { port, put, get } = await started();
    await put('a');
    expect((await get('/?group=/metrics/job/a')).body).not.toContain('<form');
    const answer = await rawRequest(port, 'POST', '/delete', form('/metrics/job/a'), FORM);
    expect(answer).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect((await stateOf(port)).groups).toHaveLength(1);
  });

  test.each([
    ['of this page', { Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' }, 303],
    ['by hand', {}, 303],
    ['from the address bar', { 'Sec-Fetch-Site': 'none' }, 303],
    ['with the port that goes without saying', { Origin: 'http://localhost:80' }, 303],
    [
      'behind a proxy',
      { Host: '127.0.0.1:1', Origin: 'https://a.example', 'Sec-Fetch-Site': 'same-origin' },
      303,
    ],
    ['of another site', { Origin: 'http://evil.example' }, 403],
    ['of another port', { Origin: 'http://localhost:81' }, 403],
    ['of a page without an origin', { Origin: 'null' }, 403],
    ['of no origin at all', { Origin: 'gateway' }, 403],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['from a sister site', { Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-site' }, 403],
    ['with an odd host', { Host: 'a b', Origin: 'http://localhost' }, 403],
  ] as [string, Record<string, string>, number][])('%s', async (_, headers, status) => {
    const { port, put } = await started({ enableAdminApi: true });
    await put('a');
    await put('b');
    const answer = await rawRequest(port, 'POST', '/delete', form('/metrics/job/a'), {
      ...FORM,
      ...headers,
    });
    expect(answer.status).toBe(status);
    if (status === 303) expect(answer.headers.location).toBe('./');
    expect((await stateOf(port)).groups).toHaveLength(status === 303 ? 1 : 2);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1:9091', true],
    ['127.0.0.1', '192.0.2.1', true],
    ['127.0.0.1', '[::1]:9091', true],
    ['127.0.0.1', 'localhost', true],
    ['127.0.0.1', 'a.LocalHost:80', true],
    ['127.0.0.1', 'evil.example:9091', false],
    ['127.0.0.1', 'localhost.evil.example', false],
    ['127.0.0.1', '127.0.0.1.evil.example', false],
    ['127.0.0.1', 'notlocalhost', false],
    ['0.0.0.0', 'evil.example:9091', true],
    ['', 'gateway', true],
  ])('or wiping: listening on %j, called %s', async (host, Host, taken) => {
    const { port, put } = await started({ enableAdminApi: true, host });
    await put('a');
    const own = { ...FORM, Host, Origin: `http://${Host}`, 'Sec-Fetch-Site': 'same-origin' };
    const answer = await rawRequest(port, 'POST', '/delete', form('/metrics/job/a'), own);
    expect(answer.status).toBe(taken ? 303 : 403);
    if (!taken) expect(answer.body).toContain('use 127.0.0.1 or localhost');
    expect((await stateOf(port)).groups).toHaveLength(taken ? 0 : 1);
    await put('b');
    const wiped = await rawRequest(port, 'PUT', '/api/v1/admin/wipe', '', { Host });
    expect(wiped.status).toBe(taken ? 202 : 403);
  });

  test('of what is not there goes back too', async () => {
    const { port, put } = await started({ enableAdminApi: true, routePrefix: '/p' });
    await put('a');
    for (const body of [form('/metrics/job/b'), form('/metrics/job/a/b'), 'group=', '', '%']) {
      const answer = await rawRequest(port, 'POST', '/p/delete', body, FORM);
      expect(answer).toMatchObject({ status: 303, headers: { location: './' } });
    }
    expect((await rawRequest(port, 'GET', '/p/delete')).status).toBe(405);
  });

  test('deletes exactly that group, whatever its key', async () => {
    const { url, port, get } = await started({ enableAdminApi: true });
    const client = testClient(url);
    const text = fc.oneof(
      fc.constantFrom(
        '',
        '/',
        '..',
        '.',
        '%2F',
        '+',
        '&',
        '"',
        '=',
        'a b',
        'ä😀',
        '\n\0',
        '@base64',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    const key = fc.record({
      job: text.filter((job) => job !== ''),
      labels: fc.dictionary(fc.constantFrom('instance', 'a', 'constructor'), text, {
        noNullPrototype: true,
      }),
    });
    const distinct = fc.uniqueArray(key, { minLength: 2, maxLength: 4, selector: groupPath });
    await fc.assert(
      fc.asyncProperty(distinct, async (keys) => {
        for (const [i, one] of keys.entries()) await client.put(one, `x${i} 1\n`);
        const paths = linksOf(await get('/'));
        expect(paths).toHaveLength(keys.length);
        const page = await get(paths[0] ?? '');
        const value = decoded(/name="group" value="([^"]*)"/.exec(page.body)?.[1] ?? '');
        expect(`/?group=${encodeURIComponent(value)}`).toBe(paths[0]);
        const answer = await rawRequest(port, 'POST', '/delete', form(value), FORM);
        expect(answer.status).toBe(303);
        expect(linksOf(await get('/'))).toEqual(paths.slice(1));
        for (const one of keys) await client.delete(one);
        expect(linksOf(await get('/'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
