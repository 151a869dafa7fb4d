import type { ReplicaConfig } from './config/config';
import { ControlService } from './generated/flwr/proto/control';
import { FleetService } from './generated/flwr/proto/fleet';
import { GrpcAdapterService } from './generated/flwr/proto/grpcadapter';
import { RuntimeService } from './generated/flwr/proto/runtime';
import { ServerAppIoService } from './generated/flwr/proto/serverappio';
import { HealthService } from './generated/grpc/health/v1/health';
import type { GrpcPort } from './rpc/grpc/grpc-options';

const FLOWER = 'flwr.proto';

/** Which service listens where: three ports as upstream has them, Fleet's not for simulations, and health where told. */
export function grpcPortsOf({ listen, tls }: ReplicaConfig): GrpcPort[] {
  const ports: GrpcPort[] = [
    {
      address: listen.serverAppIo,
      packageName: FLOWER,
      services: [ServerAppIoService, RuntimeService],
      tls: tls.appIo,
    },
    { address: listen.control, packageName: FLOWER, services: [ControlService], tls: tls.api },
  ];
  if (listen.fleet !== undefined) {
    const services = [FleetService, GrpcAdapterService];
    ports.push({ address: listen.fleet, packageName: FLOWER, services, tls: tls.api });
  }
  if (listen.health !== undefined) {
    const services = [HealthService];
    ports.push({ address: listen.health, packageName: 'grpc.health.v1', services, tls: undefined });
  }
  return ports;
}
