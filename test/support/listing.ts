import type { Listing } from '../../src/pushgateway/listing.js';
import { createListingReader } from '../../src/pushgateway/listing-reader.js';

/** What a client makes of this answer to `GET /api/v1/metrics`, when it comes with this `Date`. */
export function parseListing(json: string, date?: string): Listing {
  const reader = createListingReader((_, read) => read());
  reader.write(Buffer.from(json));
  return reader.end(date);
}
