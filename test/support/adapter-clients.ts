import { GrpcAdapterService, MessageContainer } from '../../src/generated/flwr/proto/grpcadapter';
import { GrpcClients } from './grpc-client';
import type { Addresses } from './replicas';
import type { Headers, PendingCall, UnaryMethod } from './rpc-clients';

const PREFIX = '/flwr.proto.Fleet/';
const MESSAGES: Readonly<Record<string, string>> = {
  RegisterNode: 'RegisterNodeFleet',
  UnregisterNode: 'UnregisterNodeFleet',
};

export interface AdapterOptions {
  /** As an adapter on the way may do: of the client only the container arrives. */
  readonly dropsMetadata?: boolean;
  readonly container?: ReadonlyMap<string, string>;
}

/** Fleet calls in containers of GrpcAdapter, as `flower-supernode --grpc-adapter` sends them. */
export class AdapterClients extends GrpcClients {
  constructor(
    replicas: readonly Addresses[],
    private readonly options: AdapterOptions = {},
  ) {
    super(replicas);
  }

  override start<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): PendingCall<Response> {
    if (!method.path.startsWith(PREFIX)) return super.start(method, request, headers);
    const name = method.path.slice(PREFIX.length);
    const message = MESSAGES[name] ?? name;
    const container = MessageContainer.fromPartial({
      metadata: new Map(this.options.container),
      grpcMessageName: `${message}Request`,
      grpcMessageContent: method.requestSerialize(request),
    });
    const sent = this.options.dropsMetadata === true ? {} : headers;
    const { cancel, answer } = super.start(GrpcAdapterService.sendReceive, container, sent);
    return { cancel, answer: answer.then((back) => unwrapped(method, `${message}Response`, back)) };
  }
}

/** Stock clients insist on the name. */
function unwrapped<Response>(
  method: UnaryMethod<never, Response>,
  name: string,
  { grpcMessageName, grpcMessageContent }: MessageContainer,
): Response {
  if (grpcMessageName !== name) throw new TypeError(`${grpcMessageName} instead of ${name}`);
  return method.responseDeserialize(grpcMessageContent);
}
