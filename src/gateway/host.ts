import { isIP } from 'node:net';
import { type Bytes, toBytes, toText } from './bytes.js';
import { problem, type Reply } from './reply.js';

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/**
 * For a gateway that can be reached from its own machine alone: the answer to a request whose Host
 * is another name, as of a web page whose name was made to lead here. `undefined` for an address,
 * localhost, or the name that it listens on.
 */
export function strangeHost(host: Bytes | undefined, name: string): Reply | undefined {
  const bare = (host ?? '')
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isIP(bare) !== 0 || /^(.*\.)?localhost$/.test(bare)) return undefined;
  if (bare !== '' && bare === name.toLowerCase()) return undefined;
  const said = `this gateway serves its own machine alone, where it is not called ${JSON.stringify(toText(bare))}`;
  return problem(403, toBytes(`${said}: use 127.0.0.1 or localhost`));
}
