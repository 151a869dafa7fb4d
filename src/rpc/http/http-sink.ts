import type { ArgumentsHost } from '@nestjs/common';

import { answerSerializer } from '../lean-codecs';
import type { IdleAnswer } from '../rpc.decorator';
import type { RpcCall } from '../rpc-call';
import { type StreamSink, written } from '../stream-sink';
import { beginStream, frameOf } from './http-answer';
import { httpResponseIn } from './http-call';

/**
 * Balancers cut what is silent for 60 s, and HTTP CLIs do not reconnect. Not before 10 s: `flwr log --show` ends at the
 * first message.
 */
const IDLE_MILLISECONDS = 15_000;

/** The framed stream of an HTTP call. Its end is the end of the body; an error can only be shown by cutting it. */
export function httpSink(
  host: ArgumentsHost,
  call: RpcCall,
  idleAnswer: IdleAnswer | undefined,
): StreamSink {
  const response = httpResponseIn(host);
  const serialize = answerSerializer(call.definition);
  let last: unknown;
  const write = (message: unknown, done?: () => void): void => {
    response.write(frameOf(serialize(message as never)), done);
  };
  const idle = setInterval(() => {
    if (idleAnswer !== undefined) write(idleAnswer(call.request() as never, last as never));
  }, IDLE_MILLISECONDS);
  return {
    begin: () => {
      beginStream(response);
    },
    send: (message, gone) => {
      last = message;
      idle.refresh();
      return written((done) => {
        write(message, done);
      }, gone);
    },
    end: () => {
      response.end();
    },
    close: () => {
      clearInterval(idle);
    },
  };
}
