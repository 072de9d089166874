/** How numbers are written for people. `–` stands for what there is none of. */
export const DASH = '–';

/** Made when it is first needed: that costs start-up time. */
let grouped: Intl.NumberFormat | undefined;

/** `12,345` */
export function count(n: number): string {
  grouped ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return grouped.format(n);
}

/** `12,345`, but at most six characters: `123k`, `1.2M`, `45.6B`. */
export function shortCount(n: number): string {
  if (n < 99_999.5) return count(n);
  const units = ['k', 'M', 'B', 'T'];
  let value = n / 1000;
  while (value >= 999.5 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value.toFixed(value < 99.95 ? 1 : 0)}${units[0]}`;
}

/** Per second: `1.0/s`, `0.04/s`, `1,234/s`. */
export function rate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.005) return '<0.01/s';
  if (perSecond > 0 && perSecond < 0.095) return `${perSecond.toFixed(2)}/s`;
  return `${perSecond < 99.95 ? perSecond.toFixed(1) : shortCount(perSecond)}/s`;
}

/** A share of a whole: `1.3%`; `<0.1%` for what would round to zero but is not. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return DASH;
  const value = (part / whole) * 100;
  if (value > 0 && value < 0.05) return '<0.1%';
  return `${value.toFixed(value < 99.95 ? 1 : 0)}%`;
}

/** A latency, from seconds: `4.2ms`, `87ms`, `1.24s`, `12.4s`, `2m05s`. */
export function latency(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return DASH;
  if (seconds === 0) return '0ms';
  if (seconds < 0.00995) return `${(seconds * 1000).toFixed(1)}ms`;
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(0)}ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)}s`;
  return seconds < 99.95 ? `${seconds.toFixed(1)}s` : duration(seconds);
}

/** US dollars: `$0.0312`, `$12.30`, `$1,234.50`. */
export function dollars(amount: number | null | undefined): string {
  if (amount == null) return DASH;
  if (amount > 0 && amount < 0.00005) return '<$0.0001';
  if (amount > 0 && amount < 0.99995) return `$${amount.toFixed(4)}`;
  const [whole, cents] = amount.toFixed(2).split('.');
  return `$${count(Number(whole))}.${cents}`;
}

/** A stretch of time, from seconds, to two units: `35s`, `1m05s`, `2h10m`, `3d04h`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${two(s % 60)}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h${two(Math.floor(s / 60) % 60)}m`;
  return `${Math.floor(s / 86_400)}d${two(Math.floor(s / 3600) % 24)}h`;
}

/** A stretch of time, from whole seconds, as one writes it behind a flag: `30s`, `1m`, `1h30m`. */
export function shortDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([n, unit]) => (n > 0 ? [`${n}${unit}`] : [])).join('') || '0s';
}

/** A running clock, from seconds: `00:25`, `24:00:00`, `5d 04:00:00`; as long as `longest` needs. */
export function clock(seconds: number, longest = seconds): string {
  const s = Math.floor(seconds);
  const minutes = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  if (longest < 3600) return minutes;
  const hours = Math.floor(s / 3600);
  if (longest < 360_000) return `${two(hours)}:${minutes}`;
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}:${minutes}`;
}

/** An instant, from milliseconds since the epoch: `2026-01-05 10:00:25` (UTC). */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
