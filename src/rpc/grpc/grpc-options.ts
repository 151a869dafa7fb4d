import {
  type ChannelOptions,
  ServerCredentials,
  type ServerOptions,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { GrpcOptions } from '@nestjs/microservices';

import { type Address, formatAddress } from '../../config/address';
import type { TlsIdentity } from '../../config/config';
import { mostBytesOf } from '../request-limits';
import { type Counters, countIncoming } from './count-incoming';
import { packageDefinitionOf } from './package-definition';
import { refuseCompressed } from './refuse-compressed';

const MOST_MESSAGE_BYTES = 2 ** 31 - 1;
/** Who is not far over the limit of an RPC gets that RPC's own answer. */
const SPARE_BYTES = 1024 * 1024;

/**
 * Clients send objects of 5 MiB and up in one message. No keepalive: grpc-js ends a connection when it is to ping it after
 * GOAWAY, with the calls in flight. Stock programs are never silent for over a minute, and the connection's age ends those
 * whose client has vanished.
 */
const SERVER_OPTIONS: ServerOptions = {
  'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
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

/** What the greediest RPC of the port takes: gRPC holds a message whole before anybody is asked. */
function mostReceivedBytes({ services }: GrpcPort): number {
  const paths = services.flatMap((service) => Object.values(service).map(({ path }) => path));
  return Math.min(MOST_MESSAGE_BYTES, Math.max(0, ...paths.map(mostBytesOf)) + SPARE_BYTES);
}

/** One listening port as Nest's gRPC transport takes it. */
export function grpcOptions(
  port: GrpcPort,
  maxConnectionAgeSeconds: number,
  counters: Counters,
): GrpcOptions['options'] {
  const { address, packageNames, services, tls } = port;
  return {
    ...(address !== undefined && { url: formatAddress(address) }),
    package: packageNames,
    packageDefinition: packageDefinitionOf(services),
    channelOptions: {
      ...SERVER_OPTIONS,
      interceptors: [refuseCompressed, countIncoming(counters)],
      'grpc.max_receive_message_length': mostReceivedBytes(port),
      ...ageOptions(maxConnectionAgeSeconds),
    },
    gracefulShutdown: true,
    credentials:
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [
            { cert_chain: tls.certificate, private_key: tls.key },
          ]),
  };
}
