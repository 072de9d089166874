import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RagmonError } from '../errors.js';
import { rulesFor } from './rules/rules.js';
import { ruleText } from './rules/yaml.js';

// `npm run rules`, in the project's folder: alerts/*.yml from their source. For a stack of one's own,
// `npm run rules -- --runbook https://… --output folder` links each alert to the runbook there.

const { runbook, output } = parseArgs({
  options: { runbook: { type: 'string' }, output: { type: 'string', default: 'alerts' } },
}).values;
if (runbook !== undefined && !/^https?:\/\/[^#]+$/.test(runbook)) {
  throw new RagmonError(`--runbook ${runbook} is no http address, or has a # in it`);
}

mkdirSync(output, { recursive: true });
for (const [name, file] of Object.entries(rulesFor(runbook === undefined ? {} : { runbook }))) {
  writeFileSync(join(output, name), ruleText(file));
}
