import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ArgumentsHost } from '@nestjs/common';

import type { RpcDefinition } from '../rpc.decorator';
import { type CallFacts, CLIENT_GONE } from '../rpc-call';
import { AdaptedCall, type IncomingCall } from './adapted-call';
import { GrpcHeaders } from './grpc-headers';

const POSITION = 2;

/** gRPC's own object of the call that Nest is handling. */
export function grpcCallIn(host: ArgumentsHost): IncomingCall {
  return host.getArgByIndex<IncomingCall>(POSITION);
}

/** The same where the method answers by a stream. */
export function grpcStreamIn(host: ArgumentsHost): ServerWritableStream<Buffer, unknown> {
  return host.getArgByIndex(POSITION);
}

/** The call as every transport tells it; `definitions` are those that its handler serves. */
export function grpcCallFacts(
  host: ArgumentsHost,
  definitions: readonly RpcDefinition[],
): CallFacts {
  const call = grpcCallIn(host);
  const gone = new AbortController();
  call.on('cancelled', () => {
    gone.abort(CLIENT_GONE);
  });
  const path = call.getPath();
  const definition = definitions.find((each) => each.path === path);
  if (definition === undefined) throw new TypeError(`${path} came to a handler of other RPCs`);
  return {
    transport: call instanceof AdaptedCall ? 'grpc-adapter' : 'grpc',
    definition,
    bytes: call.request,
    headers: new GrpcHeaders(call.metadata),
    gone: gone.signal,
    origin: call.getPeer(),
    onEnd: (act) => void call.on('cancelled', act),
    isAnswerLost: () => false, // to gRPC for Node each call ends as if it was cancelled
  };
}
