import {
  Metadata,
  type ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';

const UNCOMPRESSED = 'identity';

/** What gRPC for Node took out of the metadata before interceptors see it. */
interface EncodedCall {
  readonly incomingEncoding?: string;
}

/**
 * Refuses calls whose messages may be compressed, as the specification has it: they would be inflated, a thousand times
 * their size, before anybody looks at who sends them. Stock clients compress nothing. Nothing was read yet, and nothing
 * is after the status. Without `incomingEncoding` no call gets through: another release of gRPC can't open this door.
 */
export const refuseCompressed: ServerInterceptor = (_, call) => {
  if ((call as EncodedCall).incomingEncoding !== UNCOMPRESSED) {
    const metadata = new Metadata();
    metadata.set('grpc-accept-encoding', UNCOMPRESSED);
    const details = 'Compressed messages are not taken.';
    call.sendStatus({ code: status.UNIMPLEMENTED, details, metadata });
  }
  return call as ServerInterceptingCall; // it needs no shell, which every message would go through
};
