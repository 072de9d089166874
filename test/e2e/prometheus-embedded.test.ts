import { needs, startEmbedded } from '../support/servers.js';
import { prometheusSuite } from './prometheus-suite.js';

needs('prometheus')('what Prometheus sees: the embedded gateway', () => {
  prometheusSuite(startEmbedded);
});
