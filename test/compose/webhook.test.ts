import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPOSE } from '../support/compose.js';
import { spawnGuarded, until } from '../support/processes.js';
import { freePort } from '../support/servers.js';

test('says what it is told, also after somebody who broke off in the middle', async () => {
  const port = await freePort();
  const webhook = spawnGuarded(process.execPath, [
    ...[join(COMPOSE, 'alertmanager/webhook.mjs'), `${port}`],
  ]);
  const url = `http://127.0.0.1:${port}/alerts`;
  await until('the webhook', async () => (await fetch(url).catch(() => undefined))?.ok ?? false);

  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"alerts": [');
  socket.end();
  await until('its complaint', () => webhook.output().includes('not understood: '));

  const alert = {
    status: 'firing',
    labels: { alertname: 'HighLatency', severity: 'warning', job: 'vectorlens' },
    annotations: { description: 'Slow.' },
  };
  const body = JSON.stringify({ receiver: 'ticket', alerts: [alert] });
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400);
  await until('all of it', () => webhook.output().split('\n').length === 4);
  expect(webhook.output()).toContain('\nticket: firing HighLatency (warning vectorlens) Slow.\n');
});
