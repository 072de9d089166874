import type { Alert, Recording, RuleFile } from '../../src/stack/rules/rule.js';
import { rulesFor } from '../../src/stack/rules/rules.js';

/** Every rule as shipped, in the order of the files. */
export const rules = Object.values(rulesFor()).flatMap(rulesOf);
export const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
export const recordings = rules.filter((rule): rule is Recording => 'record' in rule);

export function rulesOf({ groups }: RuleFile): (Alert | Recording)[] {
  return groups.flatMap((group) => group.rules);
}

const WORDS = new Set('and or unless without by ignoring on offset bool'.split(' '));

/** The metrics that an expression names. */
export function namesIn(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(without|by|ignoring|on)\s*\([^)]*\)/g, ' ')
    .replace(/\boffset \w+/g, ' ');
  const names = bare.match(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g) ?? [];
  return names.filter((name) => !WORDS.has(name));
}
