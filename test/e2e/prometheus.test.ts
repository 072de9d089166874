import { needs, startPushgateway } from '../support/servers.js';
import { prometheusSuite } from './prometheus-suite.js';

needs('prometheus-pushgateway', 'prometheus')('what Prometheus sees: a real Pushgateway', () => {
  prometheusSuite(startPushgateway);
});
