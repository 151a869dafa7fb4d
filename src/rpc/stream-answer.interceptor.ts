import { Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { from, ignoreElements, mergeMap, type Observable } from 'rxjs';

import { rpcCallOf } from './rpc-call-of';

type AnswerStream = ServerWritableStream<Buffer, unknown>;
const POSITION_OF_GRPC_CALL = 2;

/**
 * Sends what a streaming method yields (it returns an AsyncIterable). Headers go out at once, for the CLI waits
 * for them before it reads; the next message is asked for only when the client has taken the one before, where
 * Nest's own way would queue without limit.
 */
@Injectable()
export class StreamAnswerInterceptor implements NestInterceptor<AsyncIterable<unknown>, never> {
  intercept(
    context: ExecutionContext,
    next: CallHandler<AsyncIterable<unknown>>,
  ): Observable<never> {
    const stream = context.getArgByIndex<AnswerStream>(POSITION_OF_GRPC_CALL);
    const { gone } = rpcCallOf(context);
    stream.sendMetadata(new Metadata());
    return next.handle().pipe(
      mergeMap((messages) => from(sendAll(stream, messages, gone))),
      ignoreElements(),
    );
  }
}

async function sendAll(
  stream: AnswerStream,
  messages: AsyncIterable<unknown>,
  gone: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    if (gone.aborted) return;
    await send(stream, message, gone);
  }
}

/** Resolves when the message has left, or when there is nobody to take it: then grpc-js never calls back. */
async function send(stream: AnswerStream, message: unknown, gone: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      gone.removeEventListener('abort', end);
      resolve();
    };
    gone.addEventListener('abort', end);
    stream.write(message, end);
  });
}
