import { describe } from 'vitest';
import { startEmbedded } from '../support/servers.js';
import { simulateSuite } from './simulate-suite.js';

describe('ragmon simulate: the embedded gateway', () => {
  simulateSuite(startEmbedded);
});
