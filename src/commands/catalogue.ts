import type { Command } from 'commander';
import type { Env } from '../env.js';
import type { CatalogueFlags } from './catalogue/flags.js';
import { collect } from './connection.js';

const EXAMPLES = `
--check reads Grafana dashboards (JSON: panels, variables, annotations, legends) and Prometheus rule
files (YAML; also a PrometheusRule of Kubernetes), and names each metric, label and value of a label
in their queries that is not there. There is what the services emit, what ragmon itself, Pushgateway
and Prometheus add, and what recording rules in the files given record: give them together.

Examples:
  ragmon catalogue
  ragmon catalogue --service chatapi --json
  ragmon catalogue --check dashboards/*.json alerts/*.yml
  ragmon catalogue --check mine.json --label cluster    pushed with --label cluster=…

Exit codes: 0 shown, or everything in the files is there, 2 wrong usage, or a file that is neither,
3 something in them is not there.`;

/** `ragmon catalogue`: what there is to ask for, and whether somebody's queries ask for it. */
export function registerCatalogue(program: Command, env: Env, done: (code: number) => void): void {
  program
    .command('catalogue')
    .description(
      'Lists the services and their metrics, with type, labels, number of series and meaning; or ' +
        'checks dashboards and rules against them.',
    )
    .option('-s, --service <names...>', 'only these: vectorlens, docstore, chatapi (default: all)')
    .option('--check <files...>', 'name what dashboards and rule files ask for and is not there')
    .option(
      '--label <name>',
      'a label that everything was pushed with, repeatable; with --check',
      collect,
    )
    .option('--json', 'one JSON document on stdout')
    .option('--markdown', 'the list as a table of Markdown')
    .option('-q, --quiet', 'with --check: no summary')
    .option('-v, --verbose', 'errors with their stack')
    .option('--no-color', 'no colour')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CatalogueFlags) => {
      const { catalogue } = await import('./catalogue/act.js');
      done(await catalogue(flags, env));
    });
}
