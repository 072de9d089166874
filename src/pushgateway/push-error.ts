import { errors } from 'undici';
import { RagmonError } from '../errors.js';

export interface PushErrorOptions {
  hint?: string | undefined;
  cause?: unknown;
  /** HTTP status of the last attempt; `undefined` when there was no answer. */
  status?: number | undefined;
  /** Requests that were sent, or tried to be. */
  attempts: number;
  /** The gateway's own text, without secrets; at most 64 KiB. */
  body?: string | undefined;
  aborted?: boolean;
}

/** A request to a gateway that finally failed. The message names the group and the gateway. */
export class PushError extends RagmonError {
  readonly status: number | undefined;
  readonly attempts: number;
  readonly body: string;
  /** The caller's signal, or `close()`, ended it: says nothing about the gateway. */
  readonly aborted: boolean;

  constructor(message: string, options: PushErrorOptions) {
    super(message, {
      ...(options.hint === undefined ? {} : { hint: options.hint }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.status = options.status;
    this.attempts = options.attempts;
    this.body = options.body ?? '';
    this.aborted = options.aborted ?? false;
  }
}

/** One line that is safe on a terminal: what a gateway sends may hold anything. */
export function oneLine(text: string, limit = 300): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f\u202a-\u202e]+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/** A handshake that was refused is a matter of configuration: no retry will mend it. */
export function isTlsFailure(error: unknown): boolean {
  return /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(
    codeOf(error),
  );
}

/** What a failure without an answer means to the reader. */
export function connectionHint(error: unknown): string | undefined {
  if (isTlsFailure(error)) return 'check the CA and the client certificate, and http or https';
  if (error instanceof errors.HTTPParserError) return 'is this URL a Pushgateway?';
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'is a Pushgateway running there?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'check the host name';
  return undefined;
}

/** What a status other than 2xx means to the reader. */
export function statusHint(status: number): string | undefined {
  if (status === 401 || status === 403) return 'check the user name and password, or the token';
  if (status === 404 || status === 405) return 'check the URL and its path prefix';
  if (status < 400) return 'redirects are not followed: use the final URL';
  if (status === 429) return 'push less often';
  if (status >= 500) return 'see the log of the gateway';
  return undefined;
}

/** The words of a connection error. `localhost`, refused twice, is an AggregateError without any. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join(', ');
  }
  return error instanceof Error ? error.message || error.name : String(error);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
