import { needs, startPushgateway } from '../support/servers.js';
import { simulateSuite } from './simulate-suite.js';

needs('prometheus-pushgateway')('ragmon simulate: a real Pushgateway', () => {
  simulateSuite(startPushgateway);
});
