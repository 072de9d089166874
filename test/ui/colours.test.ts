import { expect, test } from 'vitest';
import { colours } from '../../src/ui/colours.js';

interface Case {
  tty: boolean;
  vars?: Record<string, string>;
  noColor?: boolean;
  colour: boolean;
  live: boolean;
}

test.each<Case>([
  { tty: true, colour: true, live: true },
  { tty: false, colour: false, live: false },
  { tty: true, noColor: true, colour: false, live: false },
  { tty: true, vars: { NO_COLOR: '1' }, colour: false, live: false },
  { tty: true, vars: { NO_COLOR: '' }, colour: true, live: true },
  { tty: true, vars: { TERM: 'dumb' }, colour: false, live: false },
  { tty: false, vars: { FORCE_COLOR: '1' }, colour: true, live: false },
  { tty: false, vars: { FORCE_COLOR: '' }, colour: true, live: false },
  { tty: true, vars: { FORCE_COLOR: '0' }, colour: false, live: true },
  { tty: true, vars: { FORCE_COLOR: 'false' }, colour: false, live: true },
  { tty: false, vars: { FORCE_COLOR: '1' }, noColor: true, colour: false, live: false },
  { tty: true, vars: { FORCE_COLOR: '1', NO_COLOR: '1' }, colour: false, live: false },
])('$tty $vars $noColor', ({ tty, vars = {}, noColor = false, colour, live }) => {
  const style = colours({ isTTY: tty }, vars, noColor);
  expect(style.palette.bad('x')).toBe(colour ? '\x1b[31mx\x1b[39m' : 'x');
  expect(style.live).toBe(live);
});
