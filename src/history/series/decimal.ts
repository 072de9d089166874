const ZERO = 48;
const BILLION = 1e9;

/** The most bytes that `writeDecimal` writes. */
export const LONGEST_DECIMAL = 32;

/**
 * Writes a number as `String(value)` does, as ASCII, and returns the position after it. Most values
 * of a history are whole, and for these it is several times as fast. Values are finite.
 */
export function writeDecimal(out: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
    if (value < BILLION) return writeWhole(out, at, value, digitsOf(value));
    const high = Math.floor(value / BILLION);
    const middle = writeWhole(out, at, high, digitsOf(high));
    return writeWhole(out, middle, value - high * BILLION, 9);
  }
  const text = String(value);
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit && digits < 9; limit *= 10) digits++;
  return digits;
}

/** @param value below 1e9, so that whole-number arithmetic holds it */
function writeWhole(out: Uint8Array, at: number, value: number, digits: number): number {
  let left = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = (left / 10) | 0;
    out[i] = ZERO + (left - tenth * 10);
    left = tenth;
  }
  return at + digits;
}
