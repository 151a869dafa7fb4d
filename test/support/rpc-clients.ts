import type { Addresses } from './replicas';

/** A unary method out of the generated services, e.g. `FleetService.pullMessages`. */
export interface UnaryMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** Headers of one call by their gRPC names: what is a Buffer ends in `-bin`. */
export type Headers = Readonly<Record<string, string | Buffer>>;

/** A call that is on its way. */
export interface PendingCall<Response> {
  readonly answer: Promise<Response>;
  /** The client hangs up: the answer rejects as CANCELLED. */
  cancel(): void;
}

/** The messages of a streaming answer; iterating rejects with an RpcError. */
export interface MessageStream<Response> extends AsyncIterable<Response> {
  /** Resolves when the headers are here, which may be long before the first message. */
  readonly opened: Promise<void>;
  cancel(): void;
}

/** A call that was refused, or that found nobody: the same whatever the wire. */
export class RpcError extends Error {
  constructor(
    /** Name of the gRPC status, e.g. `PERMISSION_DENIED`. */
    readonly status: string,
    /** Text that the answer has besides. */
    readonly details: string,
    /** Number of the catalogue, if it has one. */
    readonly number?: number,
  ) {
    super(`${status} ${details}`);
  }
}

/**
 * Clients of all APIs of one or several replicas over one wire: each call goes to the next replica in turn, as behind a
 * balancer that shares out calls. Nothing is retried.
 */
export abstract class RpcClients {
  private next = 0;

  constructor(private readonly replicas: readonly Addresses[]) {}

  /** Sends one call; rejects with an RpcError unless its status is OK. */
  async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): Promise<Response> {
    return this.start(method, request, headers).answer;
  }

  /** As `call`, for tests that need the call while it runs. */
  abstract start<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers?: Headers,
  ): PendingCall<Response>;

  /** Opens a stream of the next replica. */
  abstract stream<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers?: Headers,
  ): MessageStream<Response>;

  /** Resolves when the next replica can be called without a word before; the turn goes to the replica after it. */
  abstract connected(method: { readonly path: string }): Promise<void>;

  /** The name of a method in what SuperExecs sign. */
  abstract signedNameOf(method: { readonly path: string }): string;

  abstract close(): void;

  protected nextReplica(): Addresses {
    const replica = this.replicas[this.next % this.replicas.length]!;
    this.next += 1;
    return replica;
  }
}

/** `PERMISSION_DENIED 2007`: status and number of the catalogue (if it has one) of a refused call, else `OK`. */
export async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'OK';
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return thrown.number === undefined ? thrown.status : `${thrown.status} ${thrown.number}`;
  }
}
