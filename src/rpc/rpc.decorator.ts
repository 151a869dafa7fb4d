import { applyDecorators, HttpCode, Post, SetMetadata } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';

import { httpPathOf } from './http/http-path';

export const RPC = 'superlink:rpc';

/** Which proof of identity a method asks for; every RPC names one, so none is open by omission. */
export type Access = 'open' | 'node' | 'task' | 'superexec' | 'account';

/** The part of ts-proto's service definitions that the transports need. */
export interface RpcDefinition {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  // what a handler returns fits its own definition: TypeScript cannot see it through a decorator
  readonly responseSerialize: (answer: never) => Buffer;
}

export interface RpcMetadata {
  readonly definitions: readonly RpcDefinition[];
  readonly access: Access;
  readonly idleAnswer: IdleAnswer | undefined;
}

/**
 * What a stream says over HTTP when it has had nothing to say for a while, so that no balancer takes it for dead: made
 * of the request and of the last answer, if there was one.
 */
export type IdleAnswer = (request: never, last: never) => unknown;

const GRPC_METHOD = { streaming: 'no_stream' } as const;

/**
 * Serves RPCs by the decorated method, on every transport: over gRPC under each definition's path, over HTTP where
 * the protocol has a route.
 * @param definitions the method's entry in a generated `…Service` constant; several if services share the method
 * @param access who may call it
 * @param idleAnswer of a streaming method
 */
export function Rpc(
  definitions: RpcDefinition | readonly RpcDefinition[],
  access: Access,
  idleAnswer?: IdleAnswer,
): MethodDecorator {
  const all = [definitions].flat();
  const metadata: RpcMetadata = { definitions: all, access, idleAnswer };
  const paths = all.flatMap((definition) => httpPathOf(definition.path) ?? []);
  return applyDecorators(
    SetMetadata(RPC, metadata),
    MessagePattern(all.map(grpcPatternOf), Transport.GRPC),
    ...(paths.length === 0 ? [] : [Post(paths), HttpCode(200)]),
  );
}

/** As Nest's gRPC server looks a handler up. */
function grpcPatternOf({ path }: RpcDefinition): object {
  const [, service, rpc] = path.split('/');
  return { service, rpc, ...GRPC_METHOD };
}
