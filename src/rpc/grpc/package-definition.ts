import type { GrpcObject, ServiceDefinition } from '@grpc/grpc-js';

import { answerSerializer } from '../lean-codecs';

type Definitions = Readonly<Record<string, ServiceDefinition[string]>>;

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
        responseSerialize: answerSerializer(
          definition,
        ) as ServiceDefinition[string]['responseSerialize'],
        requestDeserialize: (bytes: Buffer) => bytes,
      };
    }
  }
  return byService as unknown as GrpcObject;
}
