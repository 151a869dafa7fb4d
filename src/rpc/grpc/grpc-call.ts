import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { ArgumentsHost } from '@nestjs/common';

import type { RpcDefinition } from '../rpc.decorator';
import type { CallFacts } from '../rpc-call';
import { GrpcHeaders } from './grpc-headers';

const POSITION = 2;

type GrpcCall = ServerUnaryCall<Buffer, unknown> & ServerWritableStream<Buffer, unknown>;

/** gRPC's own object of the call that Nest is handling. */
export function grpcCallIn(host: ArgumentsHost): GrpcCall {
  return host.getArgByIndex<GrpcCall>(POSITION);
}

/** The call as every transport tells it; `definitions` are those that its handler serves. */
export function grpcCallFacts(
  host: ArgumentsHost,
  definitions: readonly RpcDefinition[],
): CallFacts {
  const call = grpcCallIn(host);
  const gone = new AbortController();
  call.on('cancelled', () => {
    gone.abort();
  });
  const path = call.getPath();
  const definition = definitions.find((each) => each.path === path);
  if (definition === undefined) throw new TypeError(`${path} came to a handler of other RPCs`);
  return {
    transport: 'grpc',
    definition,
    bytes: call.request,
    headers: new GrpcHeaders(call.metadata),
    gone: gone.signal,
    origin: call.getPeer(),
  };
}
