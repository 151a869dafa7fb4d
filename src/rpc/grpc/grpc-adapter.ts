import type { Metadata, sendUnaryData } from '@grpc/grpc-js';

import { SuperLinkError } from '../../errors/superlink-error';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { GrpcAdapterService, MessageContainer } from '../../generated/flwr/proto/grpcadapter';
import { answerSerializer } from '../lean-codecs';
import { whyTooCostly } from '../request-limits';
import type { RpcDefinition } from '../rpc.decorator';
import { AdaptedCall, type IncomingCall } from './adapted-call';
import { toGrpcError } from './grpc-error';

export type UnaryMethod = (
  call: IncomingCall,
  callback: sendUnaryData<unknown>,
) => Promise<void> | void;

interface FleetMethod {
  readonly definition: RpcDefinition;
  readonly answerName: string;
  readonly handle: UnaryMethod;
}

/** Messages that are not called as their method is. */
const MESSAGES: Readonly<Record<string, string>> = {
  RegisterNode: 'RegisterNodeFleet',
  UnregisterNode: 'UnregisterNodeFleet',
};
/** Adapters may drop the metadata and keep what the container says of the client's release. */
const RELEASE_IN_CONTAINER = {
  'flower-package-name': 'flwr-package-name',
  'flower-package-version': 'flwr-package-version',
};
const SHORT_TEXT = /^[\x20-\x7e]{1,64}$/;

/**
 * `GrpcAdapter.SendReceive`: takes the Fleet request out of its container, has it done by the very handler that serves
 * it on Fleet, and puts the answer into a container. Errors travel as on Fleet.
 * @param handlerOf the server's handler of an RPC
 * @param onRefused told of what came in no container, or of no Fleet request in it
 */
export function adapterMethod(
  handlerOf: (definition: RpcDefinition) => UnaryMethod,
  onRefused: (error: SuperLinkError) => void,
): UnaryMethod {
  const methods = fleetMethods(handlerOf);
  return (call, callback) => {
    try {
      const container = containerOf(call.request);
      const method = methods.get(container.grpcMessageName);
      if (method === undefined) refuse(container.grpcMessageName);
      const { definition, answerName, handle } = method;
      const content = container.grpcMessageContent;
      const metadata = metadataOf(call, container);
      return handle(
        new AdaptedCall(call, definition.path, content, metadata),
        inContainer(definition, answerName, callback),
      );
    } catch (error) {
      if (!(error instanceof SuperLinkError)) throw error;
      onRefused(error);
      callback(toGrpcError(error));
    }
  };
}

/** By the name of the request. */
function fleetMethods(
  handlerOf: (definition: RpcDefinition) => UnaryMethod,
): ReadonlyMap<string, FleetMethod> {
  const methods = Object.values<RpcDefinition>(FleetService).map((definition) => {
    const method = definition.path.split('/')[2] ?? '';
    const message = MESSAGES[method] ?? method;
    const handle = handlerOf(definition);
    return [`${message}Request`, { definition, answerName: `${message}Response`, handle }] as const;
  });
  return new Map(methods);
}

function containerOf(bytes: Buffer): MessageContainer {
  const why = whyTooCostly(GrpcAdapterService.sendReceive.path, bytes);
  if (why !== undefined) throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', why);
  try {
    return MessageContainer.decode(bytes);
  } catch (cause) {
    throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', undefined, { cause });
  }
}

function refuse(name: string): never {
  const shown = SHORT_TEXT.test(name) ? name : 'a message of this name';
  throw new SuperLinkError('NOT_SERVED', `GrpcAdapter carries no ${shown}.`);
}

function metadataOf({ metadata }: IncomingCall, { metadata: said }: MessageContainer): Metadata {
  const completed = metadata.clone();
  for (const [inContainer, header] of Object.entries(RELEASE_IN_CONTAINER)) {
    const value = said.get(inContainer);
    const isNews = completed.get(header).length === 0;
    if (isNews && value !== undefined && SHORT_TEXT.test(value)) completed.set(header, value);
  }
  return completed;
}

function inContainer(
  definition: RpcDefinition,
  answerName: string,
  callback: sendUnaryData<unknown>,
): sendUnaryData<unknown> {
  const serialize = answerSerializer(definition);
  return (error, answer) => {
    if (error !== null) {
      callback(error);
      return;
    }
    const grpcMessageContent = serialize(answer as never);
    callback(null, { metadata: new Map(), grpcMessageName: answerName, grpcMessageContent });
  };
}
