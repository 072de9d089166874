import { SERVICES } from '../../services/catalogue.js';

export interface ServiceCounter {
  readonly service: string;
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The counter of each service whose name ends so, where it has one. */
export function countersNamed(end: string): readonly ServiceCounter[] {
  return SERVICES.flatMap(({ name: service, instruments }) =>
    instruments
      .filter(({ kind, name }) => kind === 'counter' && name.endsWith(end))
      .map(({ name: metric, labels }) => ({ service, metric, labels })),
  );
}
