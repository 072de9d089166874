import * as z from 'zod';
import { UsageError } from '../../errors.js';
import type { ChartIncident } from './rows.js';

const Time = z.iso.datetime({ offset: true });
const Events = z.array(
  z
    .object({
      // Without control characters: XML has no way to write most of them.
      name: z.string().regex(/^\P{Cc}+$/u, 'a name of printable characters'),
      from: Time,
      to: Time,
    })
    .refine(({ from, to }) => Date.parse(from) < Date.parse(to), '"to" is not after "from"'),
);

/** `ragmon backfill --events` writes them under their name, beside what they are of. */
const File = z.preprocess(
  (value) => (isObject(value) && 'incidents' in value ? value.incidents : value),
  Events,
);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * The incidents of an events file, as `ragmon backfill --events` writes it, or a JSON array of
 * `{name, from, to}`, times in RFC 3339; what else an event has is left alone.
 * @throws UsageError naming the event and what is wrong with it
 */
export function incidentsOf(file: string, text: string): readonly ChartIncident[] {
  const result = File.safeParse(parsed(file, text));
  if (result.success) {
    const seconds = (time: string) => Date.parse(time) / 1000;
    return result.data.map(({ name, from, to }) => ({
      name,
      from: seconds(from),
      to: seconds(to),
    }));
  }
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'the whole';
  throw new UsageError(`${file} is no list of events: ${where}: ${issue?.message}`, {
    hint: 'write [{"name": "…", "from": "2026-03-01T10:00:00Z", "to": "2026-03-01T12:00:00Z"}]',
    cause: result.error,
  });
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is no list of events: it is not JSON`, { cause });
  }
}
