import { mkdirSync, writeFileSync } from 'node:fs';
import { rulesFor } from './rules/rules.js';
import { ruleText } from './rules/yaml.js';

// `npm run rules`: alerts/*.yml from their source.

const ALERTS = new URL('../../alerts/', import.meta.url);

mkdirSync(ALERTS, { recursive: true });
for (const [name, file] of Object.entries(rulesFor())) {
  writeFileSync(new URL(name, ALERTS), ruleText(file));
}
