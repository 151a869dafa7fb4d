import { promisify } from 'node:util';

import {
  ChannelCredentials,
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';

import type { Addresses } from './replicas';

/** A unary method out of the generated services, e.g. `FleetService.pullMessages`. */
export interface UnaryMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** Headers of one call, by their names. */
export type Headers = Readonly<Record<string, string | Buffer>>;

/** A call that is on its way. */
export interface PendingCall<Response> {
  readonly answer: Promise<Response>;
  readonly call: ClientUnaryCall;
}

type Api = 'fleet' | 'serverAppIo' | 'control';

const APIS: Readonly<Record<string, Api>> = {
  'flwr.proto.Fleet': 'fleet',
  'flwr.proto.GrpcAdapter': 'fleet',
  'flwr.proto.ServerAppIo': 'serverAppIo',
  'flwr.proto.Control': 'control',
};

const CONNECT_MILLISECONDS = 10_000;

const OPTIONS = {
  'grpc.enable_retries': 0,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // else channels of one process share connections, and those of a killed proxy
  'grpc.use_local_subchannel_pool': 1,
};

/**
 * Clients of all three APIs of one or several replicas: each call goes to the next replica in turn, as behind a
 * balancer that shares out calls. Nothing is retried.
 */
export class RpcClients {
  private readonly clients = new Map<string, Client>();
  private next = 0;

  constructor(private readonly replicas: readonly Addresses[]) {}

  /** The same calls to one replica only; close it as well. */
  at(index: number): RpcClients {
    return new RpcClients([this.replicas[index]!]);
  }

  /** Sends one call; rejects with a ServiceError unless its status is OK. */
  async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): Promise<Response> {
    return this.start(method, request, headers).answer;
  }

  /** As `call`, for tests that need the call while it runs. */
  start<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): PendingCall<Response> {
    let call: ClientUnaryCall | undefined;
    const answer = new Promise<Response>((resolve, reject) => {
      call = this.clientOf(method.path).makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(headers),
        {},
        (error, response) => {
          if (error === null) resolve(response!);
          else reject(error);
        },
      );
    });
    return { answer, call: call! };
  }

  /** Resolves when the next replica's connection for this method stands; the turn goes to the replica after it. */
  async connected(method: { readonly path: string }): Promise<void> {
    await promisify((done: (error?: Error) => void) => {
      this.clientOf(method.path).waitForReady(Date.now() + CONNECT_MILLISECONDS, done);
    })();
  }

  /** Opens a stream of the next replica. */
  stream<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): ClientReadableStream<Response> {
    return this.clientOf(method.path).makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(headers),
      {},
    );
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private clientOf(path: string): Client {
    const [, service = ''] = path.split('/');
    const replica = this.replicas[this.next % this.replicas.length]!;
    this.next += 1;
    const address = replica[APIS[service]!];
    const known = this.clients.get(address);
    if (known !== undefined) return known;
    const client = new Client(address, ChannelCredentials.createInsecure(), OPTIONS);
    this.clients.set(address, client);
    return client;
  }
}

/** `PERMISSION_DENIED 2007`: status and number of the catalogue (if it has one) of a refused call, else `OK`. */
export async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown as ServiceError,
  );
  if (error === undefined) return 'OK';
  const number = /^\{"code":(\d+)/.exec(error.details)?.[1];
  return number === undefined ? status[error.code] : `${status[error.code]} ${number}`;
}

export function metadataOf(headers: Headers): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
