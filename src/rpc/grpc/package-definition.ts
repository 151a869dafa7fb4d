import type { GrpcObject, ServiceDefinition } from '@grpc/grpc-js';

import { encodePulledObject } from '../../wire/object-codec';

type Definitions = Readonly<Record<string, ServiceDefinition[string]>>;

/** Methods whose answers are too large for what generated code does with them. */
const LEAN_ANSWERS: Readonly<Record<string, Partial<ServiceDefinition[string]>>> = {
  PullObject: { responseSerialize: encodePulledObject },
};

/**
 * ts-proto's service constants in the form that Nest's gRPC server looks them up in: keyed by service and then
 * by the method's name in the `.proto`. Requests stay bytes, so that one decoder serves every transport and
 * malformed input meets guards, filter and log like any other call.
 */
export function packageDefinitionOf(services: readonly Definitions[]): GrpcObject {
  const byService: Record<string, Record<string, ServiceDefinition[string]>> = {};
  for (const service of services) {
    for (const definition of Object.values(service)) {
      const [, serviceName = '', methodName = ''] = definition.path.split('/');
      const methods = (byService[serviceName] ??= {});
      methods[methodName] = {
        ...definition,
        ...LEAN_ANSWERS[methodName],
        requestDeserialize: (bytes: Buffer) => bytes,
      };
    }
  }
  return byService as unknown as GrpcObject;
}
