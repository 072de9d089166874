import { UsageError } from '../../errors.js';
import { SERVICES } from '../../services/catalogue.js';
import type { Service } from '../../services/service.js';
import { servicesOf } from '../group.js';
import type { CatalogueFlags } from './flags.js';

export interface CatalogueOptions {
  readonly services: readonly Service[];
  /** Files to hold against the catalogue; undefined: show the catalogue itself. */
  readonly check: readonly string[] | undefined;
  /** Labels that were added to everything. */
  readonly labels: readonly string[];
  readonly form: 'table' | 'json' | 'markdown';
}

/** @throws UsageError for flags that do not go together */
export function catalogueOptionsOf(flags: CatalogueFlags): CatalogueOptions {
  const { service, json, markdown, check, label } = flags;
  if (json && markdown) throw new UsageError('--json and --markdown are two forms: choose one');
  if (check && markdown) throw new UsageError('--check has no --markdown, only --json');
  if (label && !check) throw new UsageError('--label is for --check');
  const labels = (label ?? []).flatMap((text) => text.split(',')).map((text) => text.trim());
  for (const name of labels) {
    if (/^(?!__)[a-zA-Z_]\w*$/.test(name)) continue;
    throw new UsageError(`--label: ${JSON.stringify(name)} is not a label name`, {
      hint: 'its name alone, as in --label cluster',
    });
  }
  return {
    ...{ check, labels, services: service ? servicesOf(service) : SERVICES },
    form: json ? 'json' : markdown ? 'markdown' : 'table',
  };
}
