import type { ServerHttp2Stream } from 'node:http2';

import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';

import { SuperLinkError } from '../../errors/superlink-error';
import { GrpcAdapterService } from '../../generated/flwr/proto/grpcadapter';
import type { Admission } from '../admission/admission';
import type { Incoming } from '../admission/incoming';
import type { CallTransport } from '../rpc-call';
import type { RpcMeter } from '../rpc-meter';
import { toGrpcError } from './grpc-error';

/** Before a message: one byte that tells if it is compressed, four with its length. */
const PREFIX_BYTES = 5;

/** gRPC for Node hands a message over when it is whole; how much of it has come only the stream below knows. */
interface StreamedCall {
  readonly stream: ServerHttp2Stream;
}

/** Who decides about requests that come, and who counts those that are refused. */
export interface Counters {
  readonly admission: Pick<Admission, 'receive'>;
  readonly meter: Pick<RpcMeter, 'refused'>;
}

/**
 * Counts requests while they come, and refuses those that find no room before more of them is kept. Who is refused is
 * told at once, and the rest of the message is not taken.
 */
export function countIncoming({ admission, meter }: Counters): ServerInterceptor {
  return ({ path }, call) => {
    const { stream } = call as unknown as StreamedCall;
    let incoming: Incoming | undefined;
    const refuse = (error: unknown): void => {
      if (!(error instanceof SuperLinkError)) throw error;
      incoming?.free();
      call.sendStatus(toGrpcError(error));
      stream.close(); // once the status has gone
      meter.refused({ path, transport: transportOf(path) }, error);
    };
    const giveUp = (error: SuperLinkError): void => {
      if (!stream.headersSent) refuse(error); // else it has its answer, or gets one
    };
    // before gRPC's own listener, which keeps what comes
    stream.prependListener('data', (chunk: Buffer) => {
      if (stream.writableEnded) {
        incoming?.free(); // it was answered, and the rest is thrown away
        return;
      }
      try {
        incoming ??= admission.receive(path, announcedBytes(chunk), giveUp);
        incoming.grow(chunk.length);
      } catch (error) {
        refuse(error);
      }
    });
    stream.once('end', () => incoming?.whole());
    stream.once('close', () => incoming?.free());
    return call as ServerInterceptingCall; // it needs no shell, which every message would go through
  };
}

/** How long the message says that it is; 0: the first bytes of it do not say. */
function announcedBytes(start: Buffer): number {
  return start.length < PREFIX_BYTES ? 0 : start.readUInt32BE(1);
}

function transportOf(path: string): CallTransport {
  return path === GrpcAdapterService.sendReceive.path ? 'grpc-adapter' : 'grpc';
}
