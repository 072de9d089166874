// @ts-check
// A gateway that stores nothing: what is left is the cost of HTTP.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`Listening on address=127.0.0.1:${port}\n`);
});
