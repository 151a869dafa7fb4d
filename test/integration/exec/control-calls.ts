import {
  type CallOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';

import type { ControlClient } from '../../../src/generated/flwr/proto/control';
import type {
  StartRunRequest,
  StartRunResponse,
} from '../../../src/generated/flwr/proto/control_run';
import type { ControlReplica } from './control-replica.fixture';

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  done: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** Awaits a unary call: `await answerOf(replica, (client) => client.listRuns, request)`. */
export function answerOf<Request, Response>(
  { client }: ControlReplica,
  method: (client: ControlClient) => Unary<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(client).call(client, request, new Metadata(), {}, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** The number of the catalogue that a call is refused with, or the gRPC status where there is none. */
export async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown as ServiceError,
  );
  if (error === undefined) return 'no refusal';
  const code = /^\{"code":(\d+)/.exec(error.details)?.[1];
  return code === undefined ? `grpc ${error.code}` : `code ${code}`;
}

export function startRun(
  replica: ControlReplica,
  request: StartRunRequest,
): Promise<StartRunResponse> {
  return answerOf(replica, (client) => client.startRun, request);
}

/** All messages of a stream; rejects with the stream's error. */
export async function collect<Message>(stream: ClientReadableStream<Message>): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of stream) messages.push(message as Message);
  return messages;
}

/** Resolves when the stream's headers are here. */
export function headersOf(stream: ClientReadableStream<unknown>): Promise<Metadata> {
  return new Promise((resolve) => stream.once('metadata', resolve));
}
