import type { Paint, Palette } from './colours.js';
import type { ServiceProgress } from './progress.js';

/** What a service, or all of them together, did since the start of the run. */
export interface Totals {
  readonly jobs: number;
  readonly requests: number;
  readonly errors: number;
  /** US dollars; null where nothing costs. */
  readonly cost: number | null;
  readonly pushes: ServiceProgress['pushes'];
}

export function totalsOf(services: readonly ServiceProgress[]): Totals {
  const sum = (read: (service: ServiceProgress) => number) =>
    services.reduce((total, service) => total + read(service), 0);
  const costs = services.some(({ cost }) => cost !== undefined);
  return {
    jobs: sum(({ jobs }) => jobs),
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    cost: costs ? sum(({ cost }) => cost ?? 0) : null,
    pushes: {
      ok: sum(({ pushes }) => pushes.ok),
      retried: sum(({ pushes }) => pushes.retried),
      failed: sum(({ pushes }) => pushes.failed),
      overtaken: sum(({ pushes }) => pushes.overtaken),
    },
  };
}

/** Above this share of errors something is wrong: the usual threshold of an error rate alert. */
const TOO_MANY_ERRORS = 0.05;

/** Red where errors are too many, faint where there are none. */
export function paintErrors(
  { errors, requests }: { readonly errors: number; readonly requests: number },
  palette: Palette,
): Paint | undefined {
  if (errors === 0) return palette.faint;
  return errors > requests * TOO_MANY_ERRORS ? palette.bad : undefined;
}
