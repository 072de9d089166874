import { expect, test } from 'vitest';
import { garbage, generator, requestBytes } from './garbage.js';
import { testGateway } from './gateways.js';
import { exchangeBytes, parseAnswer, rawRequest } from './raw-http.js';

// The long form is `npm run bench -- gateway-fuzz`: 100,000 requests, and what they cost.

test('3,000 random and mutated requests: each gets an answer, and none breaks a scrape', async () => {
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
