import { applyDecorators, SetMetadata } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

export const RPC = 'superlink:rpc';

/** Which proof of identity a method asks for; every RPC names one, so none is open by omission. */
export type Access = 'open' | 'node' | 'task' | 'superexec' | 'account';

/** The part of ts-proto's service definitions that the transports need. */
export interface RpcDefinition {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
}

export interface RpcMetadata {
  readonly definition: RpcDefinition;
  readonly access: Access;
}

/**
 * Serves one RPC by the decorated method, on every transport.
 * @param definition the method's entry in a generated `…Service` constant
 * @param access who may call it
 */
export function Rpc(definition: RpcDefinition, access: Access): MethodDecorator {
  const [, service = '', method = ''] = definition.path.split('/');
  return applyDecorators(
    SetMetadata(RPC, { definition, access } satisfies RpcMetadata),
    GrpcMethod(service, method),
  );
}
