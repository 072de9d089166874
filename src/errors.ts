/** Exit codes of the command line (README, "Exit codes"). A signal adds 128 + its number. */
export const EXIT = { done: 0, failed: 1, usage: 2, checkFailed: 3 } as const;

export interface RagmonErrorOptions {
  /** What the reader can do about it: one short line. */
  hint?: string;
  exitCode?: number;
  cause?: unknown;
}

/** An error that ragmon expects: `message` says what happened and to what, `hint` what to do. */
export class RagmonError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, options: RagmonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** Wrong usage: nothing was done, nothing was sent. Exit code 2. */
export class UsageError extends RagmonError {
  constructor(message: string, options: Omit<RagmonErrorOptions, 'exitCode'> = {}) {
    super(message, { ...options, exitCode: EXIT.usage });
  }
}

/** The text of an unknown thrown value, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}

/**
 * What a person reads of an error: one line, a second for the hint.
 * The stack, and those of its causes, follow only when `verbose`.
 */
export function renderError(error: unknown, verbose = false): string {
  const known = error instanceof RagmonError;
  const lines = [`ragmon: ${known ? error.message : `unexpected error: ${messageOf(error)}`}`];
  if (known && error.hint) lines.push(`  ${error.hint}`);
  if (!known && !verbose) lines.push('  this is a bug in ragmon; -v shows where');
  if (verbose) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) lines.push(e.stack ?? String(e));
  }
  return `${lines.join('\n')}\n`;
}

export function exitCodeOf(error: unknown): number {
  return error instanceof RagmonError ? error.exitCode : EXIT.failed;
}
