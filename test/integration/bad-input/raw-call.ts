import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';

import type { Headers, PendingCall, RpcClients, UnaryMethod } from '../../support/grpc-client';

const OPEN_STREAM_MILLISECONDS = 400;
const PATIENCE_MILLISECONDS = 10_000;

/** A method as the generated services describe it. */
export interface RpcShape {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
}

export interface Outcome {
  /** `OK`, or the name of the gRPC status. */
  readonly status: string;
  readonly details: string;
  /** Of the answer; of the first message of a stream. */
  readonly bytes: Buffer;
}

/** Sends bytes that need be no message at all. */
export async function sendRaw(
  clients: RpcClients,
  rpc: RpcShape,
  bytes: Buffer,
  headers: Headers,
): Promise<Outcome> {
  const method: UnaryMethod<Buffer, Buffer> = {
    path: rpc.path,
    requestSerialize: (request) => request,
    responseDeserialize: (response) => response,
  };
  const answer = rpc.responseStream
    ? firstOf(clients.stream(method, bytes, headers))
    : withinPatience(clients.start(method, bytes, headers));
  return answer.then(
    (response) => ({ status: 'OK', details: '', bytes: response }),
    (error: unknown) => toOutcome(error as ServiceError),
  );
}

/** A call that is never answered ends as CANCELLED, which no RPC of the server answers. */
async function withinPatience({ answer, call }: PendingCall<Buffer>): Promise<Buffer> {
  const timer = setTimeout(() => {
    call.cancel();
  }, PATIENCE_MILLISECONDS);
  return answer.finally(() => {
    clearTimeout(timer);
  });
}

function toOutcome({ code, details }: ServiceError): Outcome {
  return { status: status[code], details, bytes: Buffer.alloc(0) };
}

/** The first message. A stream that stays open without one is as good as an OK: it follows a run that exists. */
function firstOf(stream: ClientReadableStream<Buffer>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (message: Buffer): void => {
      clearTimeout(timer);
      resolve(message);
      stream.cancel();
    };
    const timer = setTimeout(() => {
      settle(Buffer.alloc(0));
    }, OPEN_STREAM_MILLISECONDS);
    stream.on('data', settle);
    stream.on('end', () => {
      settle(Buffer.alloc(0));
    });
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
