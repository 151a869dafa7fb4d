import { type ChannelOptions, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import type { GrpcOptions } from '@nestjs/microservices';

import { type Address, formatAddress } from '../../config/address';
import type { TlsIdentity } from '../../config/config';
import { packageDefinitionOf } from './package-definition';

const MOST_MESSAGE_BYTES = 2 ** 31 - 1;

/**
 * Clients send objects of 5 MiB and up in one message. No keepalive: grpc-js ends a connection when it is to ping it after
 * GOAWAY, with the calls in flight. Stock programs are never silent for over a minute, and the connection's age ends those
 * whose client has vanished.
 */
const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
  'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
  'grpc-node.flow_control_window': 1024 * 1024,
};

export interface GrpcPort {
  /** Absent: another server accepts the connections. */
  readonly address?: Address | undefined;
  /** Packages of the services, e.g. `flwr.proto`. */
  readonly packageNames: string[];
  readonly services: readonly Readonly<Record<string, ServiceDefinition[string]>>[];
  /** Absent: plain text. */
  readonly tls: TlsIdentity | undefined;
}

/**
 * Clients keep one connection for ever, and a balancer of connections would never send an old one to a new replica: it
 * gets GOAWAY at this age, give or take 10 %. A call in flight may take longer than any hold or log stream lasts.
 */
function ageOptions(maxConnectionAgeSeconds: number): ChannelOptions {
  if (maxConnectionAgeSeconds === 0) return {};
  return {
    'grpc.max_connection_age_ms': maxConnectionAgeSeconds * 1000,
    'grpc.max_connection_age_grace_ms': 120_000,
  };
}

/** One listening port as Nest's gRPC transport takes it. */
export function grpcOptions(
  { address, packageNames, services, tls }: GrpcPort,
  maxConnectionAgeSeconds: number,
): GrpcOptions['options'] {
  return {
    ...(address !== undefined && { url: formatAddress(address) }),
    package: packageNames,
    packageDefinition: packageDefinitionOf(services),
    channelOptions: { ...CHANNEL_OPTIONS, ...ageOptions(maxConnectionAgeSeconds) },
    gracefulShutdown: true,
    credentials:
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [
            { cert_chain: tls.certificate, private_key: tls.key },
          ]),
  };
}
