import type { Command } from 'commander';
import type { Env } from '../env.js';
import type { ScenariosFlags } from './scenarios/flags.js';

const EXAMPLES = `
A scenario of your own is a YAML file: begin with one that is there, and let an editor that knows YAML
help with the rest. Its incidents may overlap: what they change piles up, in their order.

Examples:
  ragmon scenarios                                  all of them, and what each fires
  ragmon scenarios error-burst > mine.yaml          one as YAML; give it another name
  ragmon scenarios --schema > scenario.schema.json  for the editor: the first line of mine.yaml names it
  ragmon scenarios --parameters                     what an incident can change
  ragmon scenarios --check mine.yaml
  ragmon simulate --scenario mine.yaml --duration 20m
  ragmon backfill --scenario mine.yaml@2026-03-01T10:00:00Z --format tsdb -o data

Exit codes: 0 shown, or every file is a scenario, 2 wrong usage, or a file that is none.`;

/** `ragmon scenarios`: what can go wrong, and which alerts say so. */
export function registerScenarios(program: Command, env: Env, done: (code: number) => void): void {
  program
    .command('scenarios')
    .argument('[name]', 'one of them, as YAML')
    .description(
      'Lists the scenarios: what happens, when and for how long, which alerts fire and by when, and ' +
        'how much traffic they need for it.',
    )
    .option('--parameters', 'list what an incident can change, and what is normal')
    .option('--schema', 'the JSON Schema of a scenario of your own, for editors')
    .option('--check <files...>', 'read scenarios of your own, and list them')
    .option('--json', 'one JSON document on stdout')
    .option('--markdown', 'the list as a table of Markdown')
    .option('-v, --verbose', 'errors with their stack')
    .option('--no-color', 'no colour')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, flags: ScenariosFlags) => {
      const { scenarios } = await import('./scenarios/act.js');
      done(await scenarios(name, flags, env));
    });
}
