import type { GrpcOptions } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';

import type { ReplicaConfig } from './config/config';
import { grpcPortsOf, guestPortOf } from './replica-ports';
import { Admission } from './rpc/admission/admission';
import { grpcOptions, type GrpcPort } from './rpc/grpc/grpc-options';
import { GuestGrpcServer } from './rpc/grpc/guest-grpc-server';
import { RpcGrpcServer } from './rpc/grpc/rpc-grpc-server';
import { sharePort } from './rpc/http/shared-port';
import { SilentConnections } from './rpc/http/silent-connections';
import { RpcMeter } from './rpc/rpc-meter';

/** What has to be closed beside the HTTP server. */
export interface Door {
  /** Lets nobody in any more and tells those inside (GOAWAY); resolves when the last call has ended. */
  close(): Promise<void> | void;
}

/** Connects the gRPC servers to the app: on ports of their own, or as a guest on the HTTP port. */
export function connectDoors(app: NestExpressApplication, config: ReplicaConfig): Door[] {
  const age = config.maxConnectionAgeSeconds;
  const meter = app.get(RpcMeter, { strict: false });
  const counters = { admission: app.get(Admission, { strict: false }), meter };
  const optionsOf = (port: GrpcPort): GrpcOptions['options'] => grpcOptions(port, age, counters);
  const servers = grpcPortsOf(config).map((port) => new RpcGrpcServer(optionsOf(port), meter));
  const http = app.getHttpServer();
  const silent = new SilentConnections(http);
  const guest = config.singlePort
    ? new GuestGrpcServer(optionsOf(guestPortOf(config)), meter)
    : undefined;
  if (guest !== undefined) {
    sharePort(http, (socket) => {
      silent.heard(socket);
      guest.take(socket);
    });
    servers.push(guest);
  }
  for (const strategy of servers) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return [...servers, silent];
}
