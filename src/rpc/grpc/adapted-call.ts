import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';

/** What of gRPC's own object of a call is used, also where the call came inside another one. */
export type IncomingCall = Pick<
  ServerUnaryCall<Buffer, unknown>,
  'request' | 'metadata' | 'getPath' | 'getPeer'
> & { on(event: 'cancelled', listener: () => void): unknown };

/** A Fleet call as if it had come by itself, and not in a container of GrpcAdapter. */
export class AdaptedCall implements IncomingCall {
  constructor(
    private readonly outer: IncomingCall,
    private readonly path: string,
    /** The Fleet request. */
    readonly request: Buffer,
    readonly metadata: Metadata,
  ) {}

  getPath(): string {
    return this.path;
  }

  getPeer(): string {
    return this.outer.getPeer();
  }

  on(event: 'cancelled', listener: () => void): this {
    this.outer.on(event, listener);
    return this;
  }
}
