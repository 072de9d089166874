// seedrandom's index loads node:crypto and six generators more, which takes a command a tenth of its
// start; @types/seedrandom knows the index alone.
declare module 'seedrandom/lib/alea.js' {
  import type { PRNG } from 'seedrandom';

  export default function alea(seed: string): PRNG;
}
