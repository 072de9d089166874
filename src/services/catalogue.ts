import { chatapi } from './chatapi.js';
import { docstore } from './docstore.js';
import type { Service } from './service.js';
import { vectorlens } from './vectorlens.js';

/** Every service, along the request path. */
export const SERVICES: readonly Service[] = [vectorlens, docstore, chatapi];
