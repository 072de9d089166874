import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli.js';
import { verifyOptions } from '../../src/commands/verify.js';
import { memoryEnv } from '../support/env.js';
import { freePort } from '../support/servers.js';
import { ledgerOf } from './run.js';

const URL_A = 'http://a:9091';
const URL_B = 'http://b:9090';
const vars = (more: Record<string, string> = {}) => ({ vars: more });

test.each([
  ['neither: the gateway', 'f', {}, {}, { ledger: 'f', gateway: true, prometheus: undefined }],
  ['a URL', 'f', { gateway: URL_A }, {}, { gateway: URL_A, prometheus: undefined }],
  ['Prometheus only', 'f', { prometheus: URL_B }, {}, { gateway: undefined, prometheus: URL_B }],
  ['both', 'f', { gateway: true, prometheus: URL_B }, {}, { gateway: true, prometheus: URL_B }],
  ['its variable', 'f', { prometheus: true }, { PROMETHEUS_URL: URL_B }, { prometheus: URL_B }],
  ['the variable asks for nothing', 'f', {}, { PROMETHEUS_URL: URL_B }, { prometheus: undefined }],
  ['--gateway f', undefined, { gateway: 'f' }, {}, { ledger: 'f', gateway: true }],
  [
    '--prometheus f',
    undefined,
    { prometheus: 'f' },
    { PROMETHEUS_URL: URL_B },
    { ledger: 'f', gateway: undefined, prometheus: URL_B },
  ],
] as const)('options: %s', (_, path, flags, variables, expected) => {
  const options = verifyOptions(path, { scrapeInterval: '1m', ...flags }, vars(variables));
  expect(options).toMatchObject({ ...expected, scrapeInterval: 60 });
});

async function ragmon(args: string[], files: Record<string, string> = {}) {
  const env = memoryEnv(['verify', ...args], { files, clock: 'real' });
  return { code: await run(env), out: env.out(), err: env.err() };
}

const text = (change: object) => JSON.stringify({ ...ledgerOf(), ...change });

test.each([
  ['no ledger', [], {}, /^ragmon: verify needs the ledger of a run\n {2}ragmon simulate/],
  ['no such file', ['x'], {}, /^ragmon: cannot read the ledger: ENOENT.*'x'\n/],
  ['not JSON', ['x'], { x: '{' }, /^ragmon: x is not a ledger: it is not JSON\n/],
  ['another file', ['x'], { x: '[]' }, /^ragmon: x is not a ledger that can be read: the whole: /],
  ['another version', ['x'], { x: text({ version: 2 }) }, /: version: Invalid input: expected 1\n/],
  [
    'a broken field',
    ['x'],
    { x: text({ delivery: { ...ledgerOf().delivery, cleanedUp: 'no' } }) },
    /^ragmon: x is not a ledger that can be read: delivery\.cleanedUp: Invalid input.*\n$/,
  ],
  ['a dry run', ['x'], { x: text({ delivery: null }) }, /dry run: nothing was pushed\n/],
  [
    'a history',
    ['x'],
    { x: text({ delivery: null, history: { step: 60, groups: [] } }) },
    /^ragmon: x is the ledger of a history: nothing was pushed\n {2}ragmon simulate --continue x /,
  ],
  ['no URL', ['x', '--prometheus'], { x: text({}) }, /^ragmon: --prometheus needs a URL\n/],
  [
    'a bad URL',
    ['x', '--prometheus', 'ftp://b'],
    { x: text({}) },
    /^ragmon: --prometheus: not a URL of a Prometheus\n/,
  ],
  [
    'a bad duration',
    ['x', '--scrape-interval', 'soon'],
    { x: text({}) },
    /^ragmon: --scrape-interval: "soon" is not a duration\n/,
  ],
] as const)('wrong usage: %s', async (_, args, files, message) => {
  const { code, out, err } = await ragmon([...args], files);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('help shows the flags that every command with a gateway has, and examples', async () => {
  const { code, out } = await ragmon(['--help']);
  expect(code).toBe(0);
  for (const word of ['--gateway [url]', '--prometheus [url]', '--token-file', '<ledger>']) {
    expect(out).toContain(word);
  }
  expect(out).toMatch(/ragmon verify run\.json --prometheus/);
});

test('servers that are not there, or not what they should be', async () => {
  const files = { x: text({}) };
  const dead = `http://127.0.0.1:${await freePort()}`;
  const gateway = await ragmon(['x', '--gateway', dead, '--retries', '0'], files);
  expect(gateway).toMatchObject({ code: 1, out: '' });
  expect(gateway.err).toContain(`listing the groups at ${dead} failed: connect ECONNREFUSED`);

  const prometheus = await ragmon(['x', '--prometheus', dead], files);
  expect(prometheus).toMatchObject({ code: 1, out: '' });
  expect(prometheus.err).toMatch(`ragmon: cannot read Prometheus at ${dead}: connect ECONNREFUSED`);
  expect(prometheus.err).toContain('is a Prometheus running there?');
});

test.each([
  ['401 ', 401, 'no', /: status 401\n {2}check the user name and password, or the token/],
  ['a page', 200, '<html>', /: the answer is not what a Prometheus sends\n {2}is this URL a Prom/],
  ['its refusal', 422, '{"status":"error","error":"too many samples"}', /: too many samples\n/],
])('Prometheus answers with %s', async (_, status, body, message) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization, request.url?.split('?')[0]);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const url = `http://me:secret@127.0.0.1:${port}/prefix/`;
  const { code, err } = await ragmon(['x', '--prometheus', url], { x: text({}) });
  expect(code).toBe(1);
  expect(err).toMatch(message);
  expect(err).toContain(`cannot read Prometheus at http://127.0.0.1:${port}/prefix: `);
  expect(err).not.toContain('secret');
  const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  expect(seen.slice(0, 2)).toEqual([authorization, '/prefix/api/v1/query']);
});
