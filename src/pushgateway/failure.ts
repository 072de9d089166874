import { type Answer, headerOf } from './exchange.js';
import { connectionHint, oneLine, PushError, reasonOf, statusHint } from './push-error.js';

export interface Failure {
  /** What failed: `push of {…} at http://…`. */
  what: string;
  attempts: number;
  seconds: number;
  /** The last answer, or why there is none. */
  answer?: Answer | undefined;
  error?: unknown;
  /** Why it was not tried again, when that needs saying. */
  note?: string | undefined;
  redact(text: string): string;
}

/** The error of a call whose last attempt failed. */
export function failed({ what, attempts, seconds, note, ...last }: Failure): PushError {
  const history = attempts > 1 ? [`${attempts} attempts in ${seconds.toFixed(1)} s`] : [];
  if (note) history.push(note);
  const tries = history.length > 0 ? ` (${history.join(', ')})` : '';
  const { answer, error, redact } = last;
  if (!answer) {
    return new PushError(`${what} failed${tries}: ${oneLine(reasonOf(error))}`, {
      ...{ attempts, cause: error, hint: connectionHint(error) },
    });
  }
  const { status } = answer;
  const body = redact(answer.body);
  const location = headerOf(answer, 'location');
  const text = location ? `it points to ${redact(withoutCredentials(location))}` : body;
  const reason = oneLine(text) ? `: ${oneLine(text)}` : '';
  return new PushError(`${what} was answered with ${status}${tries}${reason}`, {
    ...{ attempts, status, body, hint: statusHint(status) },
  });
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//');
}
