const LEVELS = '▁▂▃▄▅▆▇█';

/**
 * The newest `width` values, oldest first, one character each, from zero to their largest: the
 * lowest mark means zero, and nothing else does.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const largest = Math.max(0, ...shown);
  return shown
    .map((value) => {
      const share = largest > 0 ? Math.max(0, value) / largest : 0;
      return LEVELS[Math.ceil(share * (LEVELS.length - 1))];
    })
    .join('');
}

/** A bar of `width` characters in two pieces: what is done, and what is left. */
export function bar(share: number, width: number): { done: string; left: string } {
  const filled = Math.floor(Math.min(1, Math.max(0, share)) * width);
  return { done: '━'.repeat(filled), left: '─'.repeat(width - filled) };
}
