import { type ClientReadableStream, Metadata, type ServiceError } from '@grpc/grpc-js';

import type {
  StartRunRequest,
  StartRunResponse,
} from '../../../src/generated/flwr/proto/control_run';
import type { ControlReplica } from './control-replica.fixture';

type Callback<Response> = (error: ServiceError | null, response: Response) => void;

/** Awaits a unary call: `await answerOf((done) => client.listRuns(request, done))`. */
export function answerOf<Response>(call: (done: Callback<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
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
  return answerOf((done) => replica.client.startRun(request, done));
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
