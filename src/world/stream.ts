import alea from 'seedrandom/lib/alea.js';
import { recent } from './recent.js';

/** 64 bits that name a family of draws: one seed, service, purpose and UTC day. */
export type Key = readonly [number, number];

/** The key of a day's draws. seedrandom's Alea hashes the name; 3 µs, so once a day and purpose. */
export function dayKey(seed: string, service: string, purpose: string, day: number): Key {
  const random = alea(`${seed}\n${service}\n${purpose}\n${day}`);
  return [random.int32(), random.int32()];
}

/** The keys of one purpose, by UTC day. */
export function dayKeys(seed: string, service: string, purpose: string): (day: number) => Key {
  return recent((day: number) => dayKey(seed, service, purpose, day), 4);
}

/** A stable 32-bit number for a name (FNV-1a), to key draws by route or quantity. */
export function nameKey(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}

/** Eight hexadecimal digits for a text. */
export function digest(text: string): string {
  return (nameKey(text) >>> 0).toString(16).padStart(8, '0');
}

/** MurmurHash3's 32-bit finaliser: every input bit reaches every output bit. */
function mix(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * A random stream that can be sought to any place: `seek(key, minute, name)` starts the same
 * sequence each time, so that a sampler which uses a varying number of draws shifts nothing else.
 * The generator is Chris Doty-Humphrey's sfc32 (PractRand), seeded in nanoseconds.
 */
export class Stream {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 1;

  seek(key: Key, place: number, name = 0): this {
    this.a = mix(key[0] ^ Math.imul(place, 0x9e3779b1));
    this.b = mix(key[1] ^ this.a ^ name);
    this.c = mix(this.b + place) ^ mix(name + 0x2545f491);
    this.d = 1;
    for (let i = 0; i < 10; i++) this.bits();
    return this;
  }

  /** The next number, uniform in (0, 1): never 0, so that its logarithm is finite. */
  next(): number {
    return ((this.bits() >>> 0) + 0.5) * 2.3283064365386963e-10;
  }

  private bits(): number {
    const t = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t;
  }
}
