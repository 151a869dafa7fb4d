import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { grpcCallFacts, grpcCallIn } from './grpc/grpc-call';
import { httpCallFacts, httpRequestIn } from './http/http-call';
import { RPC, type RpcMetadata } from './rpc.decorator';
import { RpcCall } from './rpc-call';

const calls = new WeakMap<object, RpcCall>();
const reflector = new Reflector();

/** What `@Rpc` said of the method that is being called; undefined for probes and the like. */
export function rpcMetadataOf(context: ExecutionContext): RpcMetadata | undefined {
  return reflector.get<RpcMetadata | undefined>(RPC, context.getHandler());
}

/** The call behind a Nest execution context: made at the first look, the same for all who look. */
export function rpcCallOf(context: ExecutionContext): RpcCall {
  const known = knownCallOf(context);
  if (known !== undefined) return known;
  const metadata = rpcMetadataOf(context);
  if (metadata === undefined) throw new TypeError('what is being handled is no RPC');
  const factsOf = context.getType() === 'http' ? httpCallFacts : grpcCallFacts;
  const call = new RpcCall(factsOf(context, metadata.definitions), metadata.access);
  calls.set(identityOf(context), call);
  return call;
}

/** The same where it may be that nobody has looked yet. */
export function knownCallOf(host: ArgumentsHost): RpcCall | undefined {
  return calls.get(identityOf(host));
}

/** What stands for the call as long as it lasts. */
function identityOf(host: ArgumentsHost): object {
  return host.getType() === 'http' ? httpRequestIn(host) : grpcCallIn(host);
}
