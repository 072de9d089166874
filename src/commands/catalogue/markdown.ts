import type { Service } from '../../services/service.js';
import { GROUP_ROWS, type MetricRow, rowsOf } from './rows.js';
import { labelTexts } from './words.js';

const HEAD = ['| metric | type | labels | series | |', '|---|---|---|---|---|'];

/** The catalogue as a table of Markdown, without a line end; the README's is this. */
export function catalogueMarkdown(services: readonly Service[]): string {
  return [...HEAD, ...[...services.flatMap(rowsOf), ...GROUP_ROWS].map(line)].join('\n');
}

function line({ name, type, labels, series, help }: MetricRow): string {
  const cells = [`\`${name}\``, type, labelTexts(labels, '`').join('; '), series, help];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}
