/** What a terminal of `columns` would show after `text`: only what the live view uses. */
export function screen(text: string, columns: number): { lines: string[]; cursor: boolean } {
  const rows: string[] = [''];
  let [row, column, cursor] = [0, 0, true];
  const at = () => {
    while (rows.length <= row) rows.push('');
    return rows[row]!;
  };
  const put = (char: string) => {
    if (column === columns) [row, column] = [row + 1, 0];
    rows[row] = at().padEnd(column).slice(0, column) + char + at().slice(column + 1);
    column++;
  };
  const controls: Record<string, (argument: string) => void> = {
    A: (n) => {
      row -= Number(n);
      if (row < 0) throw new Error('the cursor left the screen');
    },
    K: () => {
      rows[row] = at().slice(0, column);
    },
    J: () => {
      rows[row] = at().slice(0, column);
      rows.length = row + 1;
    },
    m: () => {},
    l: () => {
      cursor = false;
    },
    h: () => {
      cursor = true;
    },
  };

  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it reads.
  for (const [token, argument, name] of text.matchAll(/\x1b\[(\??\d*)([A-Za-z])|[\s\S]/g)) {
    if (name !== undefined) {
      const control = controls[name];
      if (!control) throw new Error(`unknown control ${JSON.stringify(token)}`);
      control(argument!);
    } else if (token === '\n') [row, column] = [row + 1, 0];
    else if (token === '\r') column = 0;
    else put(token);
  }
  at();
  return { lines: rows.map((line) => line.trimEnd()), cursor };
}
