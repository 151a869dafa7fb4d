import type { Socket } from 'node:net';

import { type ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import type { GrpcOptions } from '@nestjs/microservices';

import type { RpcMeter } from '../rpc-meter';
import { RpcGrpcServer } from './rpc-grpc-server';

/** A gRPC server without a port of its own: whoever accepts its connections hands them over. */
export class GuestGrpcServer extends RpcGrpcServer {
  private door: ConnectionInjector | undefined;

  constructor(
    private readonly settings: GrpcOptions['options'],
    meter: RpcMeter,
  ) {
    super(settings, meter);
  }

  override createClient(): Promise<Server> {
    const server = new Server(this.settings.channelOptions);
    // TLS ends before connections come here
    this.door = server.createConnectionInjector(ServerCredentials.createInsecure());
    return Promise.resolve(server);
  }

  /** Serves a connection that speaks HTTP/2; before the start and after the end it is cut. */
  take(socket: Socket): void {
    if (this.door === undefined) socket.destroy();
    else this.door.injectConnection(socket);
  }

  override async close(): Promise<void> {
    this.door = undefined;
    await super.close();
  }
}
