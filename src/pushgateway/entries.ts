/** How an answer that lists groups begins: `{"status":"success","data":[`. */
const HEAD = /^\s*\{\s*"status"\s*:\s*"success"\s*,\s*"data"\s*:\s*\[/;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

/**
 * The groups in the answer of `GET /api/v1/metrics`, parsed one at a time: as objects a group takes
 * several times the memory of its text, and there can be thousands. Undefined when the text is not
 * of the form that a Pushgateway writes. Throws a SyntaxError where it is no JSON.
 */
export function entriesOf(json: string): Iterable<unknown> | undefined {
  const head = HEAD.exec(json)?.[0];
  return head === undefined ? undefined : split(json, head.length);
}

function* split(json: string, from: number): Generator<unknown> {
  let depth = 0;
  let start = from;
  let quoted = false;
  for (let i = from; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN && depth++ === 0) {
      if (!/^\s*,?\s*$/.test(json.slice(start, i))) throw new SyntaxError('text between groups');
      start = i;
    } else if (code === CLOSE && --depth === 0) {
      yield JSON.parse(json.slice(start, i + 1));
      start = i + 1;
    } else if (depth < 0) break;
  }
  // What is left closes the list and the answer.
  if (!/^\s*\]\s*\}\s*$/.test(json.slice(start))) throw new SyntaxError('no end of the list');
}
