import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, until } from '../support/processes.js';
import { needs } from '../support/servers.js';
import { startStack } from '../support/stack.js';

type Labels = Readonly<Record<string, string>>;

needs(
  'prometheus',
  'prometheus-pushgateway',
  'prometheus-alertmanager',
)('Alertmanager’s inhibition', () => {
  test('mutes the same trouble only: of one gateway, of one environment', async () => {
    const alerts = temporaryFolder();
    writeFileSync(join(alerts, 'none.yml'), 'groups: []\n');
    const stack = await startStack({ alerts, webhook: 'http://127.0.0.1:1/' });
    const url = `${stack.alertmanager}/api/v2/alerts`;
    const fire = (...alerts: readonly Labels[]) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts.map((labels) => ({ labels }))),
      });
    const muted = async () => {
      const all = (await (await fetch(url)).json()) as {
        labels: Labels;
        status: { inhibitedBy: string[] };
      }[];
      return all
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map(({ labels: { alertname, environment } }) => `${alertname} ${environment ?? ''}`)
        .sort();
    };
    const missing = { alertname: 'RagTrafficMissing', job: 'vectorlens', severity: 'warning' };
    const down = { alertname: 'PushgatewayDown', job: 'pushgateway', severity: 'critical' };
    const [staging, production] = [{ environment: 'staging' }, { environment: 'production' }];
    await fire(missing, { ...missing, ...staging }, { ...missing, ...production });
    expect(await muted()).toEqual([]);

    // Each environment has a gateway.
    await fire({ ...down, ...staging });
    await until('the first', async () => (await muted()).length > 0);
    expect(await muted()).toEqual(['RagTrafficMissing staging']);

    // One gateway is everybody's.
    await fire(down);
    await until('the others', async () => (await muted()).length > 1);
    expect(await muted()).toEqual([
      ...['RagTrafficMissing ', 'RagTrafficMissing production', 'RagTrafficMissing staging'],
    ]);

    const errors = { alertname: 'HighErrorRate', job: 'vectorlens' };
    await fire({ ...errors, severity: 'critical', ...staging });
    await fire({ ...errors, severity: 'warning', ...staging });
    await fire({ ...errors, severity: 'warning', ...production });
    await until('the ticket', async () => (await muted()).includes('HighErrorRate staging'));
    expect(await muted()).not.toContain('HighErrorRate production');
    await stack.stop();
  });
});
