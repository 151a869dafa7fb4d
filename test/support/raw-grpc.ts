import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2';

const PREFIX_BYTES = 5;

/** A gRPC call whose bytes the test writes itself. */
export interface RawCall {
  readonly stream: ClientHttp2Stream;
  /** Headers and trailers of the answer, once the call has ended. */
  readonly told: Promise<IncomingHttpHeaders>;
}

/** A connection to a gRPC port that sees no end of what it may keep, as Python's. */
export function connectRaw(address: string): ClientHttp2Session {
  const session = connect(`http://${address}`, { maxSessionMemory: 100_000 });
  session.on('error', () => undefined); // its streams tell, too
  return session;
}

export function startRaw(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): RawCall {
  const stream = session.request({
    ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    ...headers,
  });
  const told: IncomingHttpHeaders = {};
  for (const event of ['response', 'trailers']) {
    stream.on(event, (part: IncomingHttpHeaders) => void Object.assign(told, part));
  }
  stream.resume();
  return { stream, told: once(stream, 'close').then(() => told) };
}

/** One message as gRPC frames it. */
export function framed(message: Buffer, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt8(isCompressed ? 1 : 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
