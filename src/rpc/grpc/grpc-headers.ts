import type { Metadata } from '@grpc/grpc-js';

import type { CallHeaders } from '../rpc-call';

/** gRPC metadata behind the common face. */
export class GrpcHeaders implements CallHeaders {
  constructor(private readonly metadata: Metadata) {}

  text(name: string): readonly string[] {
    return this.metadata.get(name).map((value) => value.toString());
  }

  binary(name: string): readonly Buffer[] {
    return this.metadata.get(`${name}-bin`).filter((value) => Buffer.isBuffer(value));
  }
}
