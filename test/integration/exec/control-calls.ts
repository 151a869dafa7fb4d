import { ControlService } from '../../../src/generated/flwr/proto/control';
import type {
  StartRunRequest,
  StartRunResponse,
} from '../../../src/generated/flwr/proto/control_run';
import {
  type Headers,
  type MessageStream,
  RpcError,
  type UnaryMethod,
} from '../../support/rpc-clients';
import type { ControlReplica } from './control-replica.fixture';

/** Awaits a unary call: `await answerOf(replica, (client) => client.listRuns, request)`. */
export function answerOf<Request, Response>(
  { clients }: ControlReplica,
  method: (client: typeof ControlService) => UnaryMethod<Request, Response>,
  request: Request,
  headers?: Headers,
): Promise<Response> {
  return clients.call(method(ControlService), request, headers);
}

/** What a client of this release says of itself. */
export function headersOf(version: string): Headers {
  return { 'flwr-package-name': 'flwr', 'flwr-package-version': version };
}

/** The number of the catalogue that a call is refused with, or the name of the status where there is none. */
export async function refusalOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'no refusal';
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return thrown.number === undefined ? thrown.status : `code ${thrown.number}`;
  }
}

export function startRun(
  replica: ControlReplica,
  request: StartRunRequest,
): Promise<StartRunResponse> {
  return answerOf(replica, (client) => client.startRun, request);
}

/** All messages of a stream; rejects with the stream's error. */
export async function collect<Message>(stream: MessageStream<Message>): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}
