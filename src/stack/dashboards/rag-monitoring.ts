import { dashboard } from './dashboard.js';
import { distributions, llm, quality, retrieval, serviceLevel } from './monitoring/details.js';
import { glance } from './monitoring/glance.js';
import { ten } from './monitoring/ten.js';
import { SERVICE_VARIABLES } from './services.js';

export const ragMonitoring = dashboard({
  uid: 'ragmon-monitoring',
  title: 'RAG Production Monitoring',
  description: 'A RAG system in production: traffic, latency, errors, caches, cost, quality.',
  from: 'now-3h',
  refresh: '30s',
  variables: SERVICE_VARIABLES,
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'Traffic, cost and quality', panels: ten },
    { title: 'Service level', panels: serviceLevel },
    { title: 'Latency distributions', panels: distributions },
    { title: 'Retrieval and document store', panels: retrieval },
    { title: 'LLM', panels: llm },
    { title: 'Quality', panels: quality },
  ],
});
