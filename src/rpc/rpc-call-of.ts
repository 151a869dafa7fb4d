import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { RPC, type RpcMetadata } from './rpc.decorator';
import { GrpcHeaders, RpcCall } from './rpc-call';

const POSITION_OF_GRPC_CALL = 2;
const calls = new WeakMap<object, RpcCall>();
const reflector = new Reflector();

/** What `@Rpc` said of the method that is being called. */
export function rpcMetadataOf(context: ExecutionContext): RpcMetadata {
  return reflector.get<RpcMetadata>(RPC, context.getHandler());
}

/** The call behind a Nest execution context: made at the first look, the same for all who look. */
export function rpcCallOf(context: ExecutionContext): RpcCall {
  const grpcCall = context.getArgByIndex<ServerUnaryCall<Buffer, unknown>>(POSITION_OF_GRPC_CALL);
  const known = calls.get(grpcCall);
  if (known !== undefined) return known;
  const gone = new AbortController();
  grpcCall.on('cancelled', () => {
    gone.abort();
  });
  const call = new RpcCall(
    rpcMetadataOf(context).definition,
    grpcCall.request,
    new GrpcHeaders(grpcCall.metadata),
    gone.signal,
    grpcCall.getPeer(),
  );
  calls.set(grpcCall, call);
  return call;
}
