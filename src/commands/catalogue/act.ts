import type { Env } from '../../env.js';
import { EXIT } from '../../errors.js';
import { colours } from '../../ui/colours.js';
import type { CatalogueFlags } from './flags.js';
import { type CatalogueOptions, catalogueOptionsOf } from './options.js';

/** `ragmon catalogue`. Resolves to the exit code. */
export async function catalogue(flags: CatalogueFlags, env: Env): Promise<number> {
  const options = catalogueOptionsOf(flags);
  if (options.check) return await check(options.check, options, flags, env);
  env.stdout.write(`${await shown(options, flags, env)}\n`);
  return EXIT.done;
}

async function shown(
  { services, form }: CatalogueOptions,
  flags: CatalogueFlags,
  env: Env,
): Promise<string> {
  if (form === 'markdown') return (await import('./markdown.js')).catalogueMarkdown(services);
  if (form === 'json') {
    const { catalogueDocument } = await import('./document.js');
    return JSON.stringify(catalogueDocument(services));
  }
  const { catalogueLines } = await import('./words.js');
  const { palette } = colours(env.stdout, env.vars, flags.color === false);
  const width = env.stdout.isTTY ? env.stdout.columns : Number.POSITIVE_INFINITY;
  return catalogueLines(services, { palette, width }).join('\n');
}

async function check(
  paths: readonly string[],
  { services, labels, form }: CatalogueOptions,
  flags: CatalogueFlags,
  env: Env,
): Promise<number> {
  const { checkAsked, readAsked } = await import('./check.js');
  const { knownOf } = await import('../../stack/promql-known.js');
  const names = services.map(({ name }) => name);
  const checked = checkAsked(await readAsked(paths, env), knownOf(names, labels));
  const found = checked.findings.length > 0;
  if (form === 'json') {
    const { checkDocument } = await import('./document.js');
    env.stdout.write(`${JSON.stringify(checkDocument(checked))}\n`);
  } else {
    const { checkSummary, findingLines, unreadLines } = await import('./check-words.js');
    const { palette } = colours(env.stdout, env.vars, flags.color === false);
    for (const line of findingLines(checked, palette)) env.stdout.write(`${line}\n`);
    for (const line of unreadLines(checked)) env.stderr.write(`ragmon: ${line}\n`);
    if (!flags.quiet) env.stdout.write(`${checkSummary(checked)}\n`);
  }
  return found ? EXIT.checkFailed : EXIT.done;
}
