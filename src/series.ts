// How series and their labels are written, one way for everything that names them.

export type Labels = Readonly<Record<string, string>>;

/** `name{a="1",b="2"}`, labels by name, `last` after them; `name` when there are none. */
export function seriesId(name: string, labels: Labels, last?: readonly [string, string]): string {
  const sorted = sortedLabels(labels);
  const parts = last ? [...sorted, last] : sorted;
  return parts.length === 0 ? name : `${name}{${joinLabels(parts)}}`;
}

/** `{a="1",b="2"}`, by name. */
export function formatLabels(labels: Labels): string {
  return `{${joinLabels(sortedLabels(labels))}}`;
}

/** `a="1",b="2"`, in the order given. */
export function joinLabels(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => formatLabel(name, value)).join(',');
}

/** `name="value"` with `\`, `"` and line ends escaped, as in the text format 0.0.4. */
export function formatLabel(name: string, value: string): string {
  const escaped = value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
  return `${name}="${escaped}"`;
}

/** Names in code unit order: the same on every machine. */
export function sortedLabels(labels: Labels): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A string of PromQL, which are those of Go. Undefined for an escape that it does not have. */
export function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  let known = true;
  const text = inner.replace(/\\(x..|[0-7]{3}|u.{4}|U.{8}|.)/gsu, (_, code: string) => {
    const found = ESCAPES[code] ?? characterOf(code);
    if (found === undefined) known = false;
    return found ?? '';
  });
  return known ? text : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

/** `x41`, `101`, `u0041` and `U00000041`, of which the first two are bytes: beyond ASCII no character. */
function characterOf(code: string): string | undefined {
  const [, hex, digits = code] = /^([xuU])([\da-fA-F]+)$/.exec(code) ?? [];
  if (hex === undefined && !/^[0-7]{3}$/.test(code)) return undefined;
  const number = Number.parseInt(digits, hex ? 16 : 8);
  const last = hex === 'u' || hex === 'U' ? 0x10ffff : 0x7f;
  const none = number > last || (number >= 0xd800 && number < 0xe000);
  return none ? undefined : String.fromCodePoint(number);
}
