import type { Env } from '../../env.js';
import { messageOf, UsageError } from '../../errors.js';
import { historyLedger, WHERE_FROM } from '../../ledger/history-ledger.js';
import { type AskedOptions, continueFrom, hasBuiltInPrices } from '../../run/continue.js';
import type { GivenOptions } from '../../run/options.js';
import { readPrices } from '../prices.js';
import { isFile } from '../scenario.js';

const FLAGS: Partial<Record<keyof AskedOptions, string>> = {
  services: '--service',
  labels: '--label',
};

/**
 * What a run does that goes on from the ledger of a history.
 * @param asked what the flags say, no variables and no defaults. Prices that are not the built-in
 *   ones are in no ledger: for them the variable is asked as well
 * @param scenario the words of `--scenario`
 * @throws UsageError for a file that is no such ledger, and for a flag that contradicts it
 */
export async function continueFromFile(
  path: string,
  asked: Omit<AskedOptions, 'scenario'>,
  scenario: readonly string[] | undefined,
  env: Env,
): Promise<GivenOptions> {
  const ledger = historyLedger(await readJson(path, env), path);
  const nameOf = (option: keyof AskedOptions) => FLAGS[option] ?? `--${option}`;
  const given = { ...asked, scenario: scenario && (await scenarioOf(scenario, env)) };
  const { RAGMON_PRICES: list } = env.vars;
  if (asked.prices !== undefined || hasBuiltInPrices(ledger) || !list) {
    return continueFrom(ledger, given, env, nameOf);
  }
  return continueFrom(ledger, { ...given, prices: await readPrices(list, env) }, env, (option) =>
    option === 'prices' ? 'RAGMON_PRICES' : nameOf(option),
  );
}

/** With files among them, it is what they hold; names are held against the ledger's as they are. */
async function scenarioOf(given: readonly string[], env: Env) {
  if (!given.some(isFile)) return given.join();
  const { datedGiven } = await import('../dated-scenario.js');
  return await datedGiven(given, env);
}

async function readJson(path: string, env: Env): Promise<unknown> {
  const text = await env.readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EISDIR' ? `${path} is a folder` : messageOf(cause);
    throw new UsageError(`cannot read the ledger: ${why}`, {
      hint: WHERE_FROM,
      cause,
    });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not a ledger: it is not JSON`, { hint: WHERE_FROM, cause });
  }
}
