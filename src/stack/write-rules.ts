import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Env, start } from '../env.js';
import { EXIT, messageOf, RagmonError, UsageError } from '../errors.js';
import { rulesFor } from './rules/rules.js';
import { ruleText } from './rules/yaml.js';

// `npm run rules`, in the project's folder: alerts/*.yml from their source. For a stack of one's own,
// `npm run rules -- --runbook https://… --output folder` links each alert to the runbook there.

await start(async (env) => {
  const { runbook, output } = optionsOf(env);
  const files = rulesFor(runbook === undefined ? {} : { runbook });
  await mkdir(output, { recursive: true }).catch((cause: unknown) => {
    throw new RagmonError(`cannot make the folder ${output}: ${messageOf(cause)}`, { cause });
  });
  for (const [name, file] of Object.entries(files)) {
    await env.writeFile(join(output, name), ruleText(file));
  }
  return EXIT.done;
});

function optionsOf({ argv }: Env) {
  const values = parsed(argv);
  const { runbook } = values;
  if (runbook !== undefined && !/^https?:\/\/[^#]+$/.test(runbook)) {
    throw new UsageError(`--runbook ${runbook} is no http address, or has a # in it`);
  }
  return values;
}

function parsed(argv: readonly string[]) {
  const options = {
    runbook: { type: 'string' },
    output: { type: 'string', default: 'alerts' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw new UsageError(messageOf(cause), { cause });
  }
}
