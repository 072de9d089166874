import { layoutOf } from '../../src/instruments/layout.js';
import type { Service } from '../../src/services/service.js';

/** The README's table of metrics, made from the services' declarations. */
export function metricsTable(services: readonly Service[]): string {
  const rows = services.flatMap((service) =>
    service.instruments.map((instrument, i) => {
      const { name, kind, labels, help } = instrument;
      const values = labels.map((label) => {
        const all = [...new Set(instrument.series.map((series) => series.labels[label]))];
        return `\`${label}\` = ${all.join(', ')}`;
      });
      const series = layoutOf(service).ids[i]!.length;
      return `| \`${name}\` | ${kind} | ${values.join('; ')} | ${series} | ${help} |`;
    }),
  );
  return ['| metric | type | labels | series | |', '|---|---|---|---|---|', ...rows].join('\n');
}
