import type { IncomingMessage } from 'node:http';

import { SuperLinkError } from '../../errors/superlink-error';
import type { Admission } from '../admission/admission';
import type { Incoming } from '../admission/incoming';

const bodies = new WeakMap<IncomingMessage, Buffer>();

/** The body that `receiveBody` has read. */
export function bodyOf(request: IncomingMessage): Buffer {
  const body = bodies.get(request);
  if (body === undefined) throw new TypeError('the body was not read');
  return body;
}

/** How long its client says that the body is; 0: it does not say. */
function announcedBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** Has the body counted while it comes, and its client cut that falls silent amid it. Throws UNAVAILABLE: no room. */
export function expectBody(admission: Admission, path: string, request: IncomingMessage): Incoming {
  return admission.receive(path, announcedBytes(request), (error) => request.destroy(error));
}

/** As `readBody`; what was read is found by `bodyOf`. */
export async function receiveBody(...asked: Parameters<typeof readBody>): Promise<void> {
  const [request] = asked;
  bodies.set(request, await readBody(...asked));
}

/**
 * Reads the body whole, at most `mostBytes`; beyond that INVALID_PROTOBUF_PAYLOAD, as soon as it is known. Rejects with
 * what the socket says if the client goes before the end, and with UNAVAILABLE if `incoming` finds no room for it.
 */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
  incoming: Incoming,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  refuseBeyond(mostBytes, announcedBytes(request));
  // a request that is destroyed takes its connection along, and the refusal with it
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received += chunk.length;
    refuseBeyond(mostBytes, received);
    incoming.grow(chunk.length);
    chunks.push(chunk);
  }
  incoming.whole();
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, received);
}

function refuseBeyond(mostBytes: number, bytes: number): void {
  if (bytes > mostBytes) throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', 'It is too long.');
}
