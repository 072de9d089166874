import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../../src/gateway/server.js';
import { until } from '../support/processes.js';
import { needs, type Server, startPushgateway } from '../support/servers.js';
import { CASES, MEANT, type Step } from './cases.js';
import { stateOf, testGateway } from './gateways.js';
import { pushes } from './generated.js';
import { type RawAnswer, rawRequest } from './raw-http.js';

// The same requests to Debian's Pushgateway and to the embedded one, and the same answers.

const HEADERS = [
  'content-type',
  'x-content-type-options',
  'location',
  'allow',
  'cache-control',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
];

/** What a client can tell by. Of an inconsistency Go's words change from run to run. */
function seen({ status, headers, body }: RawAnswer, path: string) {
  const inconsistent = /^(pushed metrics are invalid or inconsistent with existing metrics: )/;
  // stateOf compares what these say.
  const own = status === 200 && /^\/(metrics|api\/v1\/metrics)(\?|$)/.test(path);
  return {
    status,
    headers: Object.fromEntries(HEADERS.map((name) => [name, headers[name]])),
    body: own ? '' : (inconsistent.exec(body)?.[1] ?? body),
  };
}

needs('prometheus-pushgateway')('like the real Pushgateway', () => {
  let real: Server;
  let embedded: Gateway;
  beforeAll(async () => {
    real = await startPushgateway({ args: ['--web.enable-admin-api'] });
    embedded = await testGateway({ enableAdminApi: true });
  });
  afterAll(() => real.stop());

  const wipe = async () => {
    for (const { port } of [real, embedded]) {
      await rawRequest(port, 'PUT', '/api/v1/admin/wipe');
      await until('an empty gateway', async () => {
        const { body } = await rawRequest(port, 'GET', '/api/v1/metrics');
        return body.includes('"data":[]');
      });
    }
  };
  const play = async (port: number, steps: readonly Step[]) => {
    const answers = [];
    for (const [method, path, body, headers] of steps) {
      answers.push(seen(await rawRequest(port, method, path, body, headers), path));
      // The real server deletes when it comes to it; a listing is answered after that.
      if (answers.at(-1)?.status === 202) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { answers, state: await stateOf(port) };
  };
  const both = async (steps: readonly Step[]) => {
    await wipe();
    return { theirs: await play(real.port, steps), ours: await play(embedded.port, steps) };
  };

  test.each(CASES.filter(({ differs }) => !differs))('$name', async ({ steps }) => {
    const { theirs, ours } = await both(steps);
    expect(ours).toEqual(theirs);
  });

  test('generated pushes', async () => {
    await fc.assert(
      fc.asyncProperty(pushes, async (steps) => {
        const { theirs, ours } = await both(steps);
        // Where groups differ in it, the real server shows any group's text. The API tells all.
        for (const { state } of [theirs, ours]) {
          state.lines = state.lines.filter((line) => !/^# HELP [hs] /.test(line));
        }
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 60 },
    );
  });

  describe('but for what is meant', () => {
    const meant = CASES.filter(({ differs }) => differs);
    test.each(meant)('$name: $differs', async ({ steps }) => {
      const { theirs, ours } = await both(steps);
      expect(ours).not.toEqual(theirs);
      expect(ours.state.lines.join('\n')).not.toMatch(/^500/);
    });

    test('each with a case, and a reason', () => {
      const shown = new Set(meant.map(({ differs }) => differs));
      // Trap 6 would hang the server that all the other cases need.
      expect([...shown, 'key not base64'].sort()).toEqual(Object.keys(MEANT).sort());
    });
  });

  test('a key that is not base64 gets its 400', async () => {
    const { status, body } = await rawRequest(embedded.port, 'PUT', '/metrics/job@base64/!!', '');
    expect(status).toBe(400);
    expect(body).toBe(
      'invalid base64 encoding in job name "": illegal base64 data at input byte 0\n',
    );
  });
});

needs('prometheus-pushgateway')('with its defaults, like the real Pushgateway', () => {
  test.each([
    ['PUT', '/api/v1/admin/wipe'],
    ['GET', '/api/v1/admin/wipe'],
    ['POST', '/api/v1/admin/wipe'],
  ])('%s %s', async (method, path) => {
    const real = await startPushgateway();
    const { port } = await testGateway();
    const theirs = seen(await rawRequest(real.port, method, path), path);
    await real.stop();
    expect(theirs.status).toBe(404);
    expect(seen(await rawRequest(port, method, path), path)).toEqual(theirs);
  });

  test('with a route prefix', async () => {
    const real = await startPushgateway({ args: ['--web.route-prefix=/a/b'] });
    const { port, url } = await testGateway({ routePrefix: '/a/b/' });
    expect(url).toBe(`http://127.0.0.1:${port}/a/b`);
    for (const [method, path] of [
      ['PUT', '/a/b/metrics/job/x'],
      ['PUT', '/metrics/job/x'],
      ['PUT', '/a/b/METRICS/job/x'],
      ['PUT', '/a/b/metrics/job//x'],
      ['GET', '/a/b/metrics/'],
      ['GET', '/a/b/metrics'],
      ['GET', '/metrics'],
      ['GET', '/a/b/-/healthy'],
      ['GET', '/-/healthy'],
      ['GET', '/a/b/api/v1/metrics'],
      ['GET', '/api/v1/metrics'],
      ['GET', '/a/b/api/v1'],
      ['GET', '/'],
    ] as const) {
      const body = method === 'PUT' ? 'x 1\n' : undefined;
      const theirs = seen(await rawRequest(real.port, method, path, body), path.slice(4));
      const ours = seen(await rawRequest(port, method, path, body), path.slice(4));
      expect({ path, ...ours }).toEqual({ path, ...theirs });
    }
    await real.stop();
  });
});
