import { createInterface } from 'node:readline/promises';

/** One line from a terminal; empty at its end (Ctrl-D) and when `signal` aborts. */
export async function ask(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  // Not as a terminal of its own: Ctrl-C stays the signal that it is.
  const lines = createInterface({ input, output, terminal: false });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }).catch(() => ''), closed]);
  } finally {
    lines.close();
  }
}
