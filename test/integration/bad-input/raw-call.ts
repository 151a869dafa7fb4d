import { setTimeout as pause } from 'node:timers/promises';

import {
  type Headers,
  type MessageStream,
  type RpcClients,
  RpcError,
  type UnaryMethod,
} from '../../support/rpc-clients';

const OPEN_STREAM_MILLISECONDS = 400;
const PATIENCE_MILLISECONDS = 10_000;

/** A method as the generated services describe it. */
export interface RpcShape {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
}

export interface Outcome {
  /** `OK`, or the name of the gRPC status. */
  readonly status: string;
  readonly details: string;
  /** Of the answer; of the first message of a stream. */
  readonly bytes: Buffer;
}

/** Sends bytes that need be no message at all. */
export async function sendRaw(
  clients: RpcClients,
  rpc: RpcShape,
  bytes: Buffer,
  headers: Headers,
): Promise<Outcome> {
  const method: UnaryMethod<Buffer, Buffer> = {
    path: rpc.path,
    requestSerialize: (request) => request,
    responseDeserialize: (response) => response,
  };
  try {
    const response = rpc.responseStream
      ? await firstOf(clients.stream(method, bytes, headers))
      : await answerTo(clients, method, bytes, headers);
    return { status: 'OK', details: '', bytes: response };
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    return { status: thrown.status, details: thrown.details, bytes: Buffer.alloc(0) };
  }
}

async function answerTo(
  clients: RpcClients,
  method: UnaryMethod<Buffer, Buffer>,
  bytes: Buffer,
  headers: Headers,
): Promise<Buffer> {
  const { answer, cancel } = clients.start(method, bytes, headers);
  return withinPatience(answer, cancel);
}

/** What is never answered ends as CANCELLED, which no RPC of the server answers. */
async function withinPatience<Answer>(
  answer: Promise<Answer>,
  cancel: () => void,
): Promise<Answer> {
  const timer = setTimeout(cancel, PATIENCE_MILLISECONDS);
  return answer.finally(() => {
    clearTimeout(timer);
  });
}

/** The first message. A stream that stays open without one is as good as an OK: it follows a run that exists. */
async function firstOf(stream: MessageStream<Buffer>): Promise<Buffer> {
  const { cancel } = stream;
  await withinPatience(stream.opened, cancel);
  const silence = pause(OPEN_STREAM_MILLISECONDS, undefined);
  const messages = stream[Symbol.asyncIterator]();
  const next = messages.next();
  const first = await Promise.race([next, silence]);
  cancel();
  next.catch(() => undefined); // nobody waits for it any more
  return (first?.value as Buffer | undefined) ?? Buffer.alloc(0);
}
