import { select } from '../metrics.js';
import type { Pace } from './pace.js';
import { alert, type RuleFile } from './rule.js';

/** Whether the Pushgateway is there at all. */
export function pushgatewayRules({ wait }: Pace): RuleFile {
  const down = alert('PushgatewayDown', {
    severity: 'critical',
    when: [`${select('up', { job: 'pushgateway' })} == 0`],
    // A restart is over by then.
    for: wait('2m'),
    summary: 'Prometheus cannot scrape the Pushgateway',
    description:
      'The Pushgateway at {{ $labels.instance }} does not answer, or not with metrics that ' +
      'Prometheus can read: nothing that jobs push is seen.',
  });
  return { groups: [{ name: 'ragmon-pushgateway', rules: [down] }] };
}
