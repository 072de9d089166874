import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import { testGateway } from './gateways.js';
import { PROTOBUF } from './protobuf.js';
import { rawRequest } from './raw-http.js';

/** A push that stops in its body. */
function stalled(port: number, length: number, sent: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const head = `PUT /metrics/job/stalled HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n`;
  socket.write(`${head}Connection: close\r\n\r\n${'\n'.repeat(sent)}`);
  return socket;
}

const LIMITS = { bodyBytes: 1000, pendingBytes: 1000 };
const small = (port: number) => rawRequest(port, 'PUT', '/metrics/job/a', '\n'.repeat(300));

test('too many bodies at once are told to come again, and what is given up makes room', async () => {
  const { port } = await testGateway({ limits: LIMITS });
  const sockets = [stalled(port, 900, 400), stalled(port, 900, 400)];
  let refused = await small(port);
  await until('the pending bodies to count', async () => {
    refused = await small(port);
    return refused.status === 429;
  });
  expect(refused).toMatchObject({
    headers: { 'retry-after': '1', connection: 'close' },
    body: 'too many bodies at once, try again\n',
  });
  expect((await rawRequest(port, 'GET', '/-/healthy')).status).toBe(200);
  // In chunks its length is not known before.
  const chunks = `12c\r\n${'\n'.repeat(300)}\r\n`;
  const chunked = { 'Transfer-Encoding': 'chunked', 'Content-Length': '' };
  expect((await rawRequest(port, 'PUT', '/metrics/job/a', chunks, chunked)).status).toBe(429);

  sockets[0]?.destroy();
  await until('room for a small one', async () => (await small(port)).status === 200);
  // The other one is not harmed by any of it.
  const answered = new Promise((resolve) => sockets[1]?.once('data', resolve));
  sockets[1]?.write('\n'.repeat(500));
  expect(String(await answered)).toMatch(/^HTTP\/1.1 200 /);
  const whole = await rawRequest(port, 'PUT', '/metrics/job/a', '\n'.repeat(1000));
  expect(whole.status).toBe(200);
});

test('a body above its limit is told so while it is still being sent', async () => {
  const { port } = await testGateway({ limits: LIMITS });
  const chunked = { 'Transfer-Encoding': 'chunked', 'Content-Length': '' };
  const chunks = `7d0\r\n${'\n'.repeat(2000)}\r\n`;
  expect((await rawRequest(port, 'PUT', '/metrics/job/a', chunks, chunked)).status).toBe(413);
  for (let i = 0; i < 20; i++) stalled(port, 900, 900 - i).destroy();
  await until('all to be given back', async () => {
    const { status } = await rawRequest(port, 'PUT', '/metrics/job/a', '\n'.repeat(1000));
    return status === 200;
  });
});

test('bodies that become large are unpacked one by one', async () => {
  const bodyBytes = 8 * 1024 * 1024;
  const { port } = await testGateway({ limits: { bodyBytes } });
  const bomb = gzipSync(`# a ${' '.repeat(bodyBytes - 5)}\n`);
  expect(bomb.length).toBeLessThan(20_000);
  const before = process.resourceUsage().maxRSS;
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      rawRequest(port, 'PUT', `/metrics/job/${i}`, bomb, { 'Content-Encoding': 'gzip' }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  // All at once they are 192 MiB.
  expect(grown).toBeLessThan(160);
});

test('a snappy body is not taken for text', async () => {
  const { port } = await testGateway();
  for (const encoding of ['snappy', 'Snappy']) {
    const headers = { ...PROTOBUF, 'Content-Encoding': encoding };
    expect(await rawRequest(port, 'PUT', '/metrics/job/a', 'x 1\n', headers)).toMatchObject({
      status: 415,
      headers: { 'accept-encoding': 'gzip' },
      body: 'this gateway does not unpack snappy: send gzip, or the body as it is\n',
    });
  }
});
