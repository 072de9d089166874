import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { garbage, generator, requestBytes } from './garbage.js';
import { testGateway } from './gateways.js';
import * as pb from './protobuf.js';
import { exchangeBytes, parseAnswer, rawRequest } from './raw-http.js';

// The long form is `npm run bench -- gateway-fuzz`: 100,000 requests, and what they cost.

test('3,000 random and mutated requests: each gets an answer, and none breaks a scrape', {
  timeout: 60_000,
}, async () => {
  const { port } = await testGateway({ limits: { groups: 50, series: 2000 } });
  const random = generator(20_261_121);
  const seen = new Map<number, number>();
  const one = async () => {
    const request = garbage(random);
    const { status } = parseAnswer(await exchangeBytes(port, requestBytes(request)));
    expect({ status, request }).toMatchObject({ status: expect.toSatisfy(isClean) });
    seen.set(status, (seen.get(status) ?? 0) + 1);
  };
  for (let i = 0; i < 3000; i += 10) {
    await Promise.all(Array.from({ length: 10 }, one));
    if (i % 500 === 0) expect((await rawRequest(port, 'GET', '/metrics')).status).toBe(200);
  }
  for (const status of [200, 202, 301, 400]) expect(seen.get(status)).toBeGreaterThan(50);
});

const isClean = (status: number) => status >= 200 && status < 500;

test('1,000 protobuf bodies with a few other bytes: 200 or 400, and none breaks a scrape', async () => {
  const { port } = await testGateway();
  const random = generator(20_261_122);
  const whole = Buffer.concat([
    pb.family('c', 'counter', pb.text(2, 'Help.'), pb.metric(pb.label('l', 'ä'), pb.counter(1))),
    pb.family('h', 'histogram', pb.metric(pb.histogram(2, 1.5, pb.bucket(0.5, 1)))),
    pb.family('s', 'summary', pb.metric(pb.summary(2, 1.5, pb.quantile(0.5, 1)))),
  ]);
  const seen = new Map<number, number>();
  const one = async () => {
    const body = Buffer.from(
      whole.subarray(0, random() < 0.2 ? random() * whole.length : undefined),
    );
    for (let n = random() * 4; n > 1; n--)
      body[Math.floor(random() * body.length)] = random() * 256;
    const packed = random() < 0.3;
    const headers = { ...pb.PROTOBUF, ...(packed && { 'Content-Encoding': 'gzip' }) };
    const bytes = packed ? gzipSync(body) : body;
    const { status } = await rawRequest(port, 'POST', '/metrics/job/a', bytes, headers);
    seen.set(status, (seen.get(status) ?? 0) + 1);
  };
  for (let i = 0; i < 1000; i += 10) {
    await Promise.all(Array.from({ length: 10 }, one));
    if (i % 200 === 0) expect((await rawRequest(port, 'GET', '/metrics')).status).toBe(200);
  }
  expect([...seen.keys()].sort()).toEqual([200, 400]);
  for (const status of [200, 400]) expect(seen.get(status)).toBeGreaterThan(50);
});
