/**
 * Where `alerts/README.md` is to be read: what `runbook_url` of every alert begins with. The project
 * has no public address, so this is the place in the repository, which is no link. Who publishes the
 * runbook makes rules that have one: `npm run rules -- --runbook https://…/README.md`.
 */
export const RUNBOOK = 'alerts/README.md';

/** The section about an alert: it is named like it. */
export function sectionOf(alert: string, runbook: string = RUNBOOK): string {
  return `${runbook}#${alert.toLowerCase()}`;
}
