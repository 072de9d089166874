import { DOCSTORE_INDEX as INDEX, docstoreModel as model } from '../world/docstore.js';
import { DOCSTORE_FAILURES, OPERATIONS } from '../world/routes.js';
import { byStatus, dollars, requests, type Service } from './service.js';

/** The document store. Its metrics have a prefix of their own. */
export const docstore: Service = {
  name: 'docstore',
  model,
  instruments: [
    {
      kind: 'counter',
      name: 'documentstore_request_total',
      help: 'Operations that vectorlens asked of the document store.',
      labels: ['operation', 'status'],
      series: byStatus(model, 'operation', OPERATIONS),
    },
    {
      kind: 'histogram',
      name: 'documentstore_request_duration_seconds',
      help: 'Time of an operation of the document store.',
      labels: ['operation'],
      series: OPERATIONS.map((operation) => ({
        labels: { operation },
        histogram: INDEX.duration(operation),
      })),
    },
    {
      kind: 'counter',
      name: 'documentstore_error_total',
      help: 'Operations of the document store that failed, by cause.',
      labels: ['type'],
      series: DOCSTORE_FAILURES.map((type) => ({
        labels: { type },
        read: requests(model, (name) => name.endsWith(`/${type}`)),
      })),
    },
    {
      kind: 'histogram',
      name: 'documentstore_docs_returned',
      help: 'Documents that a search returned.',
      labels: [],
      series: [{ labels: {}, histogram: INDEX.documents }],
    },
    {
      kind: 'counter',
      name: 'documentstore_read_units_total',
      help: 'Read units billed.',
      labels: [],
      series: [{ labels: {}, read: ({ amounts }) => amounts[INDEX.readUnits]! }],
    },
    {
      kind: 'counter',
      name: 'documentstore_write_units_total',
      help: 'Write units billed.',
      labels: [],
      series: [{ labels: {}, read: ({ amounts }) => amounts[INDEX.writeUnits]! }],
    },
    {
      kind: 'gauge',
      name: 'documentstore_storage_bytes',
      help: 'Bytes stored, with their index.',
      labels: [],
      split: 'replicated',
      series: [{ labels: {}, read: ({ storedBytes }) => storedBytes }],
    },
    {
      kind: 'counter',
      name: 'documentstore_cost_dollars_total',
      help: 'What the document store cost, in US dollars, by kind.',
      labels: ['kind'],
      series: ['read', 'write', 'storage'].map((kind, entry) => ({
        labels: { kind },
        read: dollars(model, entry),
        money: entry,
      })),
    },
  ],
};
