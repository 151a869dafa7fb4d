import { Metadata } from '@grpc/grpc-js';
import type { ArgumentsHost } from '@nestjs/common';

import { type StreamSink, written } from '../stream-sink';
import { grpcStreamIn } from './grpc-call';

/** The stream of a gRPC call. Nest itself ends it, with the status that the handler came to. */
export function grpcSink(host: ArgumentsHost): StreamSink {
  const stream = grpcStreamIn(host);
  return {
    begin: () => {
      stream.sendMetadata(new Metadata());
    },
    send: (message, gone) =>
      written((done) => {
        stream.write(message, done);
      }, gone),
    end: () => undefined,
    close: () => undefined,
  };
}
