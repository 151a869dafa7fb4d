import type { ReplicaConfig } from './config/config';
import { ControlService } from './generated/flwr/proto/control';
import { FleetService } from './generated/flwr/proto/fleet';
import { GrpcAdapterService } from './generated/flwr/proto/grpcadapter';
import { RuntimeService } from './generated/flwr/proto/runtime';
import { ServerAppIoService } from './generated/flwr/proto/serverappio';
import { HealthService } from './generated/grpc/health/v1/health';
import type { GrpcPort } from './rpc/grpc/grpc-options';

const FLOWER = ['flwr.proto'];
const HEALTH = ['grpc.health.v1'];
const FLEET_SERVICES = [FleetService, GrpcAdapterService];
const TASK_SERVICES = [ServerAppIoService, RuntimeService];

/** Which service listens where: three ports as upstream has them, Fleet's not for simulations, and health where told. */
export function grpcPortsOf({ listen, tls }: ReplicaConfig): GrpcPort[] {
  const ports = [
    { address: listen.fleet, packageNames: FLOWER, services: FLEET_SERVICES, tls: tls.api },
    { address: listen.serverAppIo, packageNames: FLOWER, services: TASK_SERVICES, tls: tls.appIo },
    { address: listen.control, packageNames: FLOWER, services: [ControlService], tls: tls.api },
    { address: listen.health, packageNames: HEALTH, services: [HealthService], tls: undefined },
  ];
  return ports.filter(({ address }) => address !== undefined);
}

/** What is served over gRPC on the port of HTTP, with --single-port; health, too: one rule of a balancer is for all. */
export function guestPortOf({ simulation }: ReplicaConfig): GrpcPort {
  const fleet = simulation ? [] : FLEET_SERVICES;
  return {
    packageNames: [...FLOWER, ...HEALTH],
    services: [...fleet, ...TASK_SERVICES, ControlService, HealthService],
    tls: undefined,
  };
}
