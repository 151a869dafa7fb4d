import { once } from 'node:events';
import { promisify } from 'node:util';

import {
  ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';

import type { Addresses } from './replicas';
import {
  type Headers,
  type MessageStream,
  type PendingCall,
  RpcClients,
  RpcError,
  type UnaryMethod,
} from './rpc-clients';

type Api = keyof Addresses;

const APIS: Readonly<Record<string, Api>> = {
  'flwr.proto.Fleet': 'fleet',
  'flwr.proto.GrpcAdapter': 'fleet',
  'flwr.proto.ServerAppIo': 'serverAppIo',
  'flwr.proto.Runtime': 'serverAppIo',
  'flwr.proto.Control': 'control',
  'grpc.health.v1.Health': 'http', // with --single-port
};

const CONNECT_MILLISECONDS = 10_000;

const OPTIONS = {
  'grpc.enable_retries': 0,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // else channels of one process share connections, and those of a killed proxy
  'grpc.use_local_subchannel_pool': 1,
};

/** The gRPC wire: a port and a channel for each API of each replica. */
export class GrpcClients extends RpcClients {
  private readonly clients = new Map<string, Client>();

  constructor(
    replicas: readonly Addresses[],
    private readonly credentials = ChannelCredentials.createInsecure(),
    private readonly channelOptions: ChannelOptions = {},
  ) {
    super(replicas);
  }

  override start<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): PendingCall<Response> {
    let call: ClientUnaryCall | undefined;
    const answer = new Promise<Response>((resolve, reject) => {
      call = this.nextClient(method.path).makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(headers),
        {},
        (error, response) => {
          if (error === null) resolve(response!);
          else reject(rpcErrorOf(error));
        },
      );
    });
    return {
      answer,
      cancel: () => {
        call?.cancel();
      },
    };
  }

  override stream<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): MessageStream<Response> {
    const stream = this.nextClient(method.path).makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(headers),
      {},
    );
    return messagesOf(stream);
  }

  /** A channel says more than a call when it connects. */
  override async connected({ path }: { readonly path: string }): Promise<void> {
    await promisify((done: (error?: Error) => void) => {
      this.nextClient(path).waitForReady(Date.now() + CONNECT_MILLISECONDS, done);
    })();
  }

  override signedNameOf({ path }: { readonly path: string }): string {
    return path;
  }

  override close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private nextClient(path: string): Client {
    const [, service = ''] = path.split('/');
    const address = this.nextReplica()[APIS[service]!];
    const known = this.clients.get(address);
    if (known !== undefined) return known;
    const client = new Client(address, this.credentials, { ...OPTIONS, ...this.channelOptions });
    this.clients.set(address, client);
    return client;
  }
}

function messagesOf<Response>(stream: ClientReadableStream<Response>): MessageStream<Response> {
  stream.on('error', () => undefined); // told to those who iterate
  const opened = once(stream, 'metadata').then(
    () => undefined,
    (thrown: unknown) => {
      throw rpcErrorOf(thrown as ServiceError);
    },
  );
  opened.catch(() => undefined); // not everybody waits for it
  return {
    opened,
    cancel: () => {
      stream.cancel();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for await (const message of stream) yield message as Response;
      } catch (thrown) {
        throw rpcErrorOf(thrown as ServiceError);
      }
    },
  };
}

function rpcErrorOf({ code, details }: ServiceError): RpcError {
  const number = /^\{"code":(\d+)/.exec(details)?.[1];
  // grpc-js takes a connection that was reset for a lost one, but not this
  const name = details.includes('EPIPE') ? 'UNAVAILABLE' : status[code];
  return new RpcError(name, details, number === undefined ? undefined : Number(number));
}

export function metadataOf(headers: Headers): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
