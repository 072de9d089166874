import type { BodyReader } from './body.js';
import type { GatewayLimits } from './limits.js';
import type { Reply } from './reply.js';
import type { Snapshots } from './snapshots.js';
import type { Store } from './store.js';

/** What answers are made from. */
export interface Site {
  readonly store: Store;
  readonly snapshots: Snapshots;
  readonly bodies: BodyReader;
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** `''` or `/prefix`. */
  readonly prefix: string;
  readonly admin: boolean;
  readonly limits: GatewayLimits;
  /** The answer to a Host that cannot be meant: see strangeHost. */
  refuseHost(host: string | undefined): Reply | undefined;
  /** When the gateway was started. */
  readonly startTime: number;
}
