import type { NestExpressApplication } from '@nestjs/platform-express';

import type { ReplicaConfig } from './config/config';
import { grpcPortsOf, guestPortOf } from './replica-ports';
import { grpcOptions } from './rpc/grpc/grpc-options';
import { GuestGrpcServer } from './rpc/grpc/guest-grpc-server';
import { RpcGrpcServer } from './rpc/grpc/rpc-grpc-server';
import { SharedPort } from './rpc/http/shared-port';

/** What takes calls beside the HTTP server. */
export interface Door {
  /** Lets nobody in any more and tells those inside (GOAWAY); resolves when the last call has ended. */
  close(): Promise<void> | void;
}

/** Connects the gRPC servers to the app: on ports of their own, or as a guest on the HTTP port. */
export function connectDoors(app: NestExpressApplication, config: ReplicaConfig): Door[] {
  const age = config.maxConnectionAgeSeconds;
  const servers = grpcPortsOf(config).map((port) => new RpcGrpcServer(grpcOptions(port, age)));
  const doors: Door[] = [...servers];
  if (config.singlePort) {
    const guest = new GuestGrpcServer(grpcOptions(guestPortOf(config), age));
    const shared = new SharedPort(app.getHttpServer(), (socket) => {
      guest.take(socket);
    });
    servers.push(guest);
    doors.push(guest, shared);
  }
  for (const strategy of servers) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return doors;
}
