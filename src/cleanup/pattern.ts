import { RE2JS } from 're2js';
import { messageOf, UsageError } from '../errors.js';

export type Pattern = (text: string) => boolean;

/**
 * A regular expression over the whole text, in RE2's syntax as Prometheus takes it, and in time
 * proportional to the text: no expression can hang a sweep. `.` also stands for a line end.
 * Throws a UsageError that begins with `name`.
 */
export function compilePattern(name: string, expression: string): Pattern {
  try {
    const compiled = RE2JS.compile(expression, RE2JS.DOTALL);
    return (text) => compiled.testExact(text);
  } catch (cause) {
    const reason = messageOf(cause)
      .replace(/^error parsing regexp: /, '')
      .replace('(?s)', '');
    throw new UsageError(
      `${name}: ${JSON.stringify(expression)} is no regular expression: ${reason}`,
      {
        hint: 'the syntax is RE2’s, as in Prometheus: no look-around, no back-references',
        cause,
      },
    );
  }
}

/**
 * A glob over the whole text: `*` any characters, `?` one, `[a-c]` one of these, `[!a-c]` one of no
 * these; `\` takes the next character as it is. No character is special beside them, `/` neither.
 * Throws a UsageError that begins with `name`.
 */
export function compileGlob(name: string, glob: string): Pattern {
  if (glob === '') throw new UsageError(`${name} must not be empty`);
  let expression = '';
  for (const [token, set] of glob.matchAll(/\[([!^]?\]?[^\]]*)\]|\\?./gsu)) {
    if (token === '*') expression += '.*';
    else if (token === '?') expression += '.';
    else if (set !== undefined) expression += setOf(name, glob, set);
    else if (token === '[' || token === '\\') {
      throw new UsageError(`${name}: ${JSON.stringify(glob)} ends inside ${token}`, {
        hint: `write \\${token} for the character itself`,
      });
    } else expression += RE2JS.quote(token.replace(/^\\/, ''));
  }
  return compilePattern(name, expression);
}

/** A bracket expression: in RE2 `!` negates nothing, and `[`, `\`, `^` and `&` have meanings. */
function setOf(name: string, glob: string, set: string): string {
  const [, not = '', members = ''] = /^([!^]?)(.*)$/su.exec(set) ?? [];
  if (members === '') throw new UsageError(`${name}: ${JSON.stringify(glob)} has an empty []`);
  return `[${not && '^'}${members.replace(/[[\]\\^&]/g, '\\$&')}]`;
}
