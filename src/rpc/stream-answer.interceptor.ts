import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { from, ignoreElements, mergeMap, type Observable } from 'rxjs';

import { grpcSink } from './grpc/grpc-sink';
import { httpSink } from './http/http-sink';
import { rpcCallOf, rpcMetadataOf } from './rpc-call-of';
import type { StreamSink } from './stream-sink';

/**
 * Sends what a streaming method yields (it returns an AsyncIterable, after its checks). Headers go out at once, for the
 * CLI waits for them before it reads; the next message is asked for only when the client has taken the one before,
 * where Nest's own way would queue without limit.
 */
@Injectable()
export class StreamAnswerInterceptor implements NestInterceptor<AsyncIterable<unknown>, never> {
  intercept(
    context: ExecutionContext,
    next: CallHandler<AsyncIterable<unknown>>,
  ): Observable<never> {
    const call = rpcCallOf(context);
    return next.handle().pipe(
      mergeMap((messages) => {
        call.leave(); // a stream lasts for hours, and mostly waits
        return from(sendAll(sinkOf(context), messages, call.gone));
      }),
      ignoreElements(),
    );
  }
}

function sinkOf(context: ExecutionContext): StreamSink {
  if (context.getType() !== 'http') return grpcSink(context);
  return httpSink(context, rpcCallOf(context), rpcMetadataOf(context)?.idleAnswer);
}

async function sendAll(
  sink: StreamSink,
  messages: AsyncIterable<unknown>,
  gone: AbortSignal,
): Promise<void> {
  sink.begin();
  try {
    for await (const message of messages) {
      if (gone.aborted) return;
      await sink.send(message, gone);
    }
    sink.end();
  } finally {
    sink.close();
  }
}
