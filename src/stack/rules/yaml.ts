import { stringify } from 'yaml';
import type { RuleFile } from './rule.js';

const HEADER = '# Made by `npm run rules` from src/stack/rules: change it there.\n';

/** A rule file as text: expressions of several lines stay so, and nothing is folded. */
export function ruleText(file: RuleFile): string {
  return HEADER + stringify(file, { lineWidth: 0, blockQuote: 'literal' });
}
