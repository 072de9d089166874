import { expect, test } from 'vitest';
import { freePort, needs, startPrometheus, startPushgateway } from './servers.js';

needs('prometheus-pushgateway', 'prometheus')('the real servers of the tests', () => {
  test('what is pushed is scraped under its own labels, and is gone after stop', async () => {
    const gateway = await startPushgateway();
    const prometheus = await startPrometheus({ pushgateway: gateway.url });
    const answer = await fetch(`${gateway.url}/metrics/job/a/instance/b`, {
      method: 'PUT',
      body: 'x_total 3\ny NaN\nz -Inf\n',
    });
    expect(answer.status).toBe(200);
    await prometheus.scraped();

    const [x] = await prometheus.query('x_total');
    expect(x).toMatchObject({ labels: { job: 'a', instance: 'b' }, value: 3 });
    expect((await prometheus.query('y'))[0]?.value).toBeNaN();
    expect((await prometheus.query('z'))[0]?.value).toBe(-Infinity);
    expect((await prometheus.query('scalar(x_total) + 1'))[0]?.value).toBe(4);
    const [raw] = await prometheus.samples('x_total', 60);
    expect(raw?.samples.every(([, value]) => value === 3)).toBe(true);
    const now = x!.time;
    const range = { start: now - 1, end: now, step: 1 };
    expect((await prometheus.queryRange('x_total', range))[0]?.samples.at(-1)?.[1]).toBe(3);
    await expect(prometheus.query('x_total{')).rejects.toThrow(/x_total\{.*parse error/);

    await Promise.all([prometheus.stop(), gateway.stop()]);
    await expect(fetch(gateway.url)).rejects.toThrow();
    expect(() => process.kill(prometheus.pid, 0)).toThrow(/ESRCH/);
  });

  test('a gateway keeps nothing over a restart, unless it has a file', async () => {
    const port = await freePort();
    const first = await startPushgateway({ port });
    await fetch(`${first.url}/metrics/job/a`, { method: 'PUT', body: 'x 3\n' });
    await first.kill();
    const second = await startPushgateway({ port });
    expect(await (await fetch(`${second.url}/metrics`)).text()).not.toContain('x{');
    await second.stop();
  });

  test('a server that dies at its start says why', async () => {
    await expect(startPushgateway({ args: ['--no-such-flag'] })).rejects.toThrow(
      /ended with exit code 1 before it was ready:\n(.*\n)*.*unknown long flag '--no-such-flag'/,
    );
    const { port } = await startPushgateway();
    await expect(startPushgateway({ port })).rejects.toThrow(/address already in use/);
    await expect(
      startPrometheus({ pushgateway: 'http://127.0.0.1:1', extraConfig: 'nonsense: 1' }),
    ).rejects.toThrow(/field nonsense not found/);
  });
});
