import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { messageOf, UsageError } from '../errors.js';

/** PEM texts. `ca` replaces the CAs that Node trusts; `cert` and `key` are the client's own. */
export interface TlsOptions {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/** Node's own trust when nothing is given. Throws a UsageError for what is no PEM. */
export function secureContextOf({ ca, cert, key }: TlsOptions): SecureContext | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('a client certificate and its key need each other');
  }
  try {
    // OpenSSL itself would take what is no certificate for an empty list of CAs.
    if (ca !== undefined) new X509Certificate(ca);
  } catch (cause) {
    throw new UsageError(`the CA certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
  try {
    return createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  } catch (cause) {
    throw new UsageError(`the client certificate cannot be used: ${messageOf(cause)}`, { cause });
  }
}
