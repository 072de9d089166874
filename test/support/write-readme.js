import { readFileSync, writeFileSync } from 'node:fs';
import { catalogueMarkdown } from '../../dist/commands/catalogue/markdown.js';
import { scenariosMarkdown } from '../../dist/commands/scenarios/markdown.js';
import { SERVICES } from '../../dist/services/catalogue.js';
import { SCENARIOS } from '../../dist/world/scenarios.js';

// `npm run docs`: what the README shows of the program, made from the program.

const README = new URL('../../README.md', import.meta.url);
const TABLES = {
  metrics: catalogueMarkdown(SERVICES),
  scenarios: scenariosMarkdown(SCENARIOS),
};

let text = readFileSync(README, 'utf8');
for (const [name, table] of Object.entries(TABLES)) {
  const shown = new RegExp(`(<!-- ${name} -->\n).*?(<!-- /${name} -->)`, 's');
  if (!shown.test(text)) throw new Error(`the README has no place for the table of ${name}`);
  text = text.replace(shown, (_, before, after) => `${before}${table}\n${after}`);
}
writeFileSync(README, text);
