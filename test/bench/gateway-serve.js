// @ts-check
// The embedded gateway as a process of its own, and beside it a port that tells what memory it
// holds: `node --expose-gc gateway-serve.js`.
import { createServer } from 'node:http';
import { startGateway } from '../../dist/gateway/server.js';

const { port } = await startGateway({ clock: { now: () => Date.now() } });
const memory = createServer((_, response) => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  response.end(String(heapUsed + external));
});
memory.listen(0, '127.0.0.1', () => {
  const address = memory.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`Memory at http://127.0.0.1:${address.port}\n`);
  process.stdout.write(`Listening on address=127.0.0.1:${port}\n`);
});
