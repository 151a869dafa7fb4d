import type { Metadata } from '@grpc/grpc-js';

import { SuperLinkError } from '../errors/superlink-error';
import { whyTooCostly } from './request-limits';
import type { RpcDefinition } from './rpc.decorator';

/** Who calls, as far as the headers prove it; the statement of the call checks it against the tables. */
export type Caller =
  | { readonly kind: 'node'; readonly publicKey: Buffer }
  | { readonly kind: 'task'; readonly tokenHash: Buffer }
  | { readonly kind: 'superexec' }
  | { readonly kind: 'account'; readonly account: Account };

export interface Account {
  readonly flwrAid: string;
  readonly name: string;
}

/** Headers of a call, the same for every transport; names in lower case. */
export interface CallHeaders {
  /** All values of a text header. */
  text(name: string): readonly string[];
  /** All values of a binary header, named without the `-bin` that gRPC adds. */
  binary(name: string): readonly Buffer[];
}

/**
 * One call as guards, interceptors and handlers see it, whatever wire it came by: raw bytes, headers, and a
 * signal that fires when the client has gone.
 */
export class RpcCall {
  caller: Caller | undefined;
  private decoded: unknown;

  constructor(
    readonly definition: RpcDefinition,
    readonly bytes: Buffer,
    readonly headers: CallHeaders,
    readonly gone: AbortSignal,
    /** Which connection the call came by: tells a resent call from a second one. */
    readonly origin: string,
  ) {}

  /** The decoded request; decoding happens once, at the first look. Throws INVALID_PROTOBUF_PAYLOAD. */
  request(): unknown {
    this.decoded ??= this.decode();
    return this.decoded;
  }

  private decode(): unknown {
    const why = whyTooCostly(this.definition.path, this.bytes);
    if (why !== undefined) throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', why);
    try {
      return this.definition.requestDeserialize(this.bytes);
    } catch (cause) {
      throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', undefined, { cause });
    }
  }
}

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
