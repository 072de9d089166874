// Numbers as Go reads and writes them: what a Pushgateway accepts and shows.

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Go's `ParseFloat` without hexadecimal; `undefined` for what it refuses, overflow included. */
export function parseNumber(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : undefined;
  }
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? Number.NaN : undefined;
}

/** Go's `%g`, shortest form: an exponent of two digits from 1e+06 on and below 1e-04. */
export function formatNumber(number: number): string {
  if (number === 0) return '0';
  const size = Math.abs(number);
  if (size >= 1e-4 && size < 1e6) return String(number);
  if (Number.isNaN(number)) return 'NaN';
  if (size === Infinity) return number > 0 ? '+Inf' : '-Inf';
  return number.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const MAX_INT64 = 2n ** 63n - 1n;

/** Go's `ParseInt` in base 10. */
export function isInt64(text: string): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  // Digits of an attacker's choice: BigInt is quadratic in them.
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > 19) return false;
  return BigInt(`0${digits}`) <= MAX_INT64 + (text.startsWith('-') ? 1n : 0n);
}
