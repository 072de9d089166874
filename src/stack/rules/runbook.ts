/**
 * Where `alerts/README.md` is to be read: what `runbook_url` of every alert begins with. The project
 * has no public address, so this is the place in the repository. Who publishes the runbook puts its
 * URL here, `https://…/alerts/README.md`, and runs `npm run rules`: Alertmanager and Grafana then
 * link to it.
 */
export const RUNBOOK = 'alerts/README.md';
