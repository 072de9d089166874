import { readFileSync, writeFileSync } from 'node:fs';
import { catalogueMarkdown } from '../../dist/commands/catalogue/markdown.js';
import { SERVICES } from '../../dist/services/catalogue.js';

// `npm run docs`: what the README shows of the program, made from the program.

const README = new URL('../../README.md', import.meta.url);
const text = readFileSync(README, 'utf8');
const shown = /(<!-- metrics -->\n).*?(\n<!-- \/metrics -->)/s;
if (!shown.test(text)) throw new Error('the README has no place for the table of metrics');
writeFileSync(
  README,
  text.replace(shown, (_, before, after) => `${before}${catalogueMarkdown(SERVICES)}${after}`),
);
