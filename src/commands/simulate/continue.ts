import type { Env } from '../../env.js';
import { messageOf, UsageError } from '../../errors.js';
import { historyLedger, WHERE_FROM } from '../../ledger/history-ledger.js';
import { type AskedOptions, continueFrom, hasBuiltInPrices } from '../../run/continue.js';
import type { GivenOptions } from '../../run/options.js';
import { readPrices } from '../prices.js';

const FLAGS: Partial<Record<keyof AskedOptions, string>> = {
  services: '--service',
  labels: '--label',
};

/**
 * What a run does that goes on from the ledger of a history.
 * @param asked what the flags say, no variables and no defaults. Prices that are not the built-in
 *   ones are in no ledger: for them the variable is asked as well
 * @throws UsageError for a file that is no such ledger, and for a flag that contradicts it
 */
export async function continueFromFile(
  path: string,
  asked: AskedOptions,
  env: Env,
): Promise<GivenOptions> {
  const ledger = historyLedger(await readJson(path, env), path);
  const nameOf = (option: keyof AskedOptions) => FLAGS[option] ?? `--${option}`;
  const { RAGMON_PRICES: list } = env.vars;
  if (asked.prices !== undefined || hasBuiltInPrices(ledger) || !list) {
    return continueFrom(ledger, asked, env, nameOf);
  }
  const given = { ...asked, prices: await readPrices(list, env) };
  return continueFrom(ledger, given, env, (option) =>
    option === 'prices' ? 'RAGMON_PRICES' : nameOf(option),
  );
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
