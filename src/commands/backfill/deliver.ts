import type { Env, FileContent } from '../../env.js';
import { messageOf, RagmonError } from '../../errors.js';
import { inChunks } from '../../history/chunks.js';
import { STDOUT } from './form.js';

/** How pieces are delivered. */
interface Delivery {
  readonly env: Env;
  readonly stop: AbortSignal;
  /** Whether the pieces are wanted to their end, also where nobody reads them any more. */
  readonly toTheEnd?: boolean;
}

/** Pieces into a file that appears when it is whole, or to stdout, as long as somebody reads. */
export async function deliver(
  output: string,
  pieces: AsyncIterable<Uint8Array>,
  { env, stop, toTheEnd = false }: Delivery,
): Promise<void> {
  if (output !== STDOUT) return await writeFile(output, inChunks(pieces), env);
  let read = true;
  for await (const piece of pieces) {
    if (read) {
      env.stdout.write(Buffer.from(piece).toString());
      read = await env.stdout.room(stop);
    }
    stop.throwIfAborted();
    if (!read && !toTheEnd) return;
  }
}

export async function writeFile(path: string, content: FileContent, env: Env): Promise<void> {
  try {
    await env.writeFile(path, content);
  } catch (cause) {
    throw new RagmonError(`cannot write ${messageOf(cause)}`, { cause });
  }
}
