/** The same bytes in pieces of at least `size`, but for the last: each piece costs a write. */
export async function* inChunks(
  pieces: AsyncIterable<Uint8Array>,
  size = 65_536,
): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < size) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
