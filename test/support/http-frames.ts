import type { IncomingMessage } from 'node:http';

const HEAD_BYTES = 4;

/**
 * The messages of a framed stream. A body that ends within a frame is a TypeError; one that is cut rejects with what
 * the socket says.
 */
export async function* messagesIn(body: IncomingMessage): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = frameEnd(rest); end <= rest.length; end = frameEnd(rest)) {
      yield rest.subarray(HEAD_BYTES, end);
      rest = rest.subarray(end);
    }
  }
  if (rest.length > 0)
    throw new TypeError(`the stream ends in half a frame of ${rest.length} bytes`);
}

/** Where the first frame of some bytes ends; infinitely far away while its head is not here. */
function frameEnd(bytes: Buffer): number {
  return bytes.length < HEAD_BYTES ? Infinity : HEAD_BYTES + bytes.readUInt32BE();
}
