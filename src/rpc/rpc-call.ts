import { SuperLinkError } from '../errors/superlink-error';
import { type ClientRelease, clientReleaseOf } from './client-release';
import { requestDeserializer } from './lean-codecs';
import { whyTooCostly } from './request-limits';
import type { Access, RpcDefinition } from './rpc.decorator';

/** Who calls, as far as the headers prove it; the statement of the call checks it against the tables. */
export type Caller =
  | { readonly kind: 'node'; readonly signer: Signer }
  | { readonly kind: 'task'; readonly tokenHash: Buffer }
  | { readonly kind: 'superexec' }
  | { readonly kind: 'account'; readonly account: Account };

/** Public key (PEM bytes) that signed a node's call; null: unsigned, the node is known by its id alone. */
export type Signer = Buffer | null;

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

export type CallTransport = 'grpc' | 'grpc-adapter' | 'http';

/** Why `gone` fires: without a reason of its own an abort makes an error with a stack, which nobody reads. */
export const CLIENT_GONE = 'gone';

/** Who reads a stream. */
export interface StreamReader {
  /** Fires when the client has gone. */
  readonly gone: AbortSignal;
  /** False: a client that goes on nowhere when its stream breaks (CLIs over HTTP, from 1.37 on). */
  readonly canResume: boolean;
}

/** The client of a call whose answer may be large. */
export interface Receiver {
  /** Fires when it has gone. */
  readonly gone: AbortSignal;
  /** Told when its call begins to wait: nothing is done for it then. */
  readonly onHeld: () => void;
  /** `act` is called once it has its answer, or has gone. */
  readonly onEnd: (act: () => void) => void;
}

/** What a transport knows of a call. */
export interface CallFacts {
  readonly transport: CallTransport;
  readonly definition: RpcDefinition;
  readonly bytes: Buffer;
  readonly headers: CallHeaders;
  /** Fires when the client has gone. */
  readonly gone: AbortSignal;
  /** Which connection the call came by: tells a resent call from a second one. */
  readonly origin: string;
  /** `act` is called once the answer has left the replica, or its client has gone. */
  readonly onEnd: (act: () => void) => void;
  /** After the answer was sent: true if it is known that the connection has broken. */
  readonly isAnswerLost: () => boolean;
}

/**
 * One call as guards, interceptors and handlers see it, whatever wire it came by: raw bytes, headers, and a
 * signal that fires when the client has gone.
 */
export class RpcCall implements CallFacts {
  readonly transport: CallTransport;
  readonly definition: RpcDefinition;
  readonly bytes: Buffer;
  readonly headers: CallHeaders;
  readonly gone: AbortSignal;
  readonly origin: string;
  readonly onEnd: (act: () => void) => void;
  readonly isAnswerLost: () => boolean;
  /** Which Flower calls, as it says itself. */
  readonly client: ClientRelease;
  /** When it had come whole, by `performance.now()`. */
  readonly began = performance.now();
  caller: Caller | undefined;
  /** Gives back the place among the calls in work; to be called as soon as nothing is done for the call. */
  leave: () => void = () => undefined;
  private decoded: unknown;

  constructor(
    facts: CallFacts,
    /** Which proof of identity the method asks for. */
    readonly access: Access,
  ) {
    this.transport = facts.transport;
    this.definition = facts.definition;
    this.bytes = facts.bytes;
    this.headers = facts.headers;
    this.gone = facts.gone;
    this.origin = facts.origin;
    this.onEnd = facts.onEnd;
    this.isAnswerLost = facts.isAnswerLost;
    this.client = clientReleaseOf(facts.headers);
  }

  /** The decoded request; decoding happens once, at the first look. Throws INVALID_PROTOBUF_PAYLOAD. */
  request(): unknown {
    this.decoded ??= this.decode();
    return this.decoded;
  }

  private decode(): unknown {
    const why = whyTooCostly(this.definition.path, this.bytes);
    if (why !== undefined) throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', why);
    try {
      return requestDeserializer(this.definition)(this.bytes);
    } catch (cause) {
      throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', undefined, { cause });
    }
  }
}
