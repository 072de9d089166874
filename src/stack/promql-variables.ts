/** A stretch of a text, the end not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A query of a dashboard with something harmless in the place of each of Grafana's variables. */
export interface Filled {
  /** As long as the query itself, so that places in it stay places in the query. */
  readonly text: string;
  readonly variables: readonly Span[];
  /** Whether one stands for a piece of PromQL itself: then what it stands for decides the syntax. */
  readonly structural: boolean;
}

/** `$name`, `[[name:format]]`, `${name.path:format}`: as Grafana itself finds them. */
const VARIABLE = /\$\w+|\[\[\w+?(?::\w+)?\]\]|\$\{\w+(?:\.[^:}]+)?(?::[^}]+)?\}/y;
const COMMENT_OR_PLAIN = /#[^\n]*|./sy;

/** Where in PromQL a text is read. */
interface Place {
  /** The quote that ends the string. */
  quote: string | undefined;
  range: boolean;
  braces: boolean;
}

/** Replaces Grafana's variables by what PromQL can be in their places. */
export function fillVariables(query: string): Filled {
  const place: Place = { quote: undefined, range: false, braces: false };
  const variables: Span[] = [];
  let structural = false;
  let text = '';
  while (text.length < query.length) {
    const from = text.length;
    const variable = at(VARIABLE, query, from);
    if (variable === undefined) {
      text += plain(query, from, place);
      continue;
    }
    const to = from + variable.length;
    const filling = fillingOf(text, query.slice(to), variable.length, place);
    structural ||= filling.structural;
    text += filling.text;
    variables.push({ from, to });
  }
  return { text, variables, structural };
}

/** What is read at `from` as it is, and what it says of the place of what follows. */
function plain(query: string, from: number, place: Place): string {
  if (place.quote !== undefined) {
    const escaped = place.quote !== '`' && query[from] === '\\';
    if (query[from] === place.quote) place.quote = undefined;
    return query.slice(from, from + (escaped ? 2 : 1));
  }
  const token = at(COMMENT_OR_PLAIN, query, from)!;
  if (/^["'`]$/.test(token)) place.quote = token;
  if (token === '[' || token === ']') place.range = token === '[';
  if (token === '{' || token === '}') place.braces = token === '{';
  return token;
}

function fillingOf(before: string, after: string, length: number, place: Place) {
  const fill = (text: string, structural = false) => ({ text, structural });
  const word = 'x'.repeat(length);
  if (place.quote !== undefined) return fill(word);
  if (place.range || /\boffset\s*[-+]?\s*$/.test(before)) {
    // `[${seconds}s]` and `[5$unit]` have the other half beside it.
    if (/^[smhdwy]/.test(after)) return fill('1'.repeat(length));
    return fill((/\d$/.test(before) ? 'm' : '1m').padEnd(length));
  }
  if (/@\s*$/.test(before)) return fill('1'.repeat(length));
  if (place.braces && !/^\s*[=!]/.test(after)) {
    // Whole matchers: `up{$more, a="b"}`, as if they were a name; or `up{a="b" $more}`.
    const whole = /[{,]\s*$/.test(before) ? `"${'x'.repeat(length - 2)}"` : ' '.repeat(length);
    return fill(whole, true);
  }
  return fill(word, true);
}

function at(pattern: RegExp, text: string, from: number): string | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
}
