import type { Env, FileContent } from '../../env.js';
import { messageOf, RagmonError } from '../../errors.js';
import { inChunks } from '../../history/chunks.js';
import { STDOUT } from './form.js';

/** Pieces into a file that appears when it is whole, or to stdout, as long as somebody reads. */
export async function deliver(
  output: string,
  pieces: AsyncIterable<Uint8Array>,
  env: Env,
): Promise<void> {
  if (output !== STDOUT) return await writeFile(output, inChunks(pieces), env);
  for await (const piece of pieces) {
    env.stdout.write(`${piece}`);
    if (!(await env.stdout.room())) return;
  }
}

export async function writeFile(path: string, content: FileContent, env: Env): Promise<void> {
  try {
    await env.writeFile(path, content);
  } catch (cause) {
    throw new RagmonError(`cannot write ${messageOf(cause)}`, { cause });
  }
}
