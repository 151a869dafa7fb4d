import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import {
  type sendUnaryData,
  Server as GrpcServer,
  ServerCredentials,
  type ServerUnaryCall,
} from '@grpc/grpc-js';

import { type Address, formatAddress } from '../config/address';
import type { Config } from '../config/config';
import {
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '../generated/grpc/health/v1/health';
import { httpOptions } from '../rpc/http/http-server';
import { sharePort } from '../rpc/http/shared-port';
import { SilentConnections } from '../rpc/http/silent-connections';

const ALIVE = { status: 'ok', info: {}, error: {}, details: {} };
const DATABASE_DOWN = { database: { status: 'down', message: 'unreachable' } };
const NOT_READY = { status: 'error', info: {}, error: DATABASE_DOWN, details: DATABASE_DOWN };

/** What answers the probes of a process that does not serve yet. */
export interface WaitingDoors {
  /** Frees the ports for who serves. */
  close(): Promise<void>;
}

/**
 * Opens the ports on which probes ask: alive, and not ready. Whatever else is sent to the HTTP port gets a 503, which
 * clients repeat; the ports of gRPC stay closed.
 */
export async function openWaitingDoors(
  config: Pick<Config, 'listen' | 'singlePort' | 'tls'>,
): Promise<WaitingDoors> {
  const { http, silent } = await openHttp(config);
  const grpc = config.listen.health && (await openGrpcHealth(config.listen.health));
  return {
    close: async () => {
      grpc?.forceShutdown();
      http.close();
      http.closeAllConnections();
      silent.close();
      await once(http, 'close');
    },
  };
}

async function openHttp({
  listen,
  singlePort,
  tls,
}: Pick<Config, 'listen' | 'singlePort' | 'tls'>): Promise<{
  http: Server;
  silent: SilentConnections;
}> {
  const { httpsOptions } = httpOptions(tls, singlePort);
  const server =
    httpsOptions === undefined ? createServer(answer) : createTlsServer(httpsOptions, answer);
  const silent = new SilentConnections(server);
  if (singlePort) {
    // gRPC clients repeat at a lost connection, and not at a TLS handshake without HTTP/2
    sharePort(server, (socket) => {
      socket.destroy();
    });
  }
  server.listen(listen.http.port, listen.http.host);
  await once(server, 'listening');
  return { http: server, silent };
}

const answer: RequestListener = (request, response) => {
  const isLive = request.url === '/health/live';
  const body = JSON.stringify(isLive ? ALIVE : NOT_READY);
  response.writeHead(isLive ? 200 : 503, {
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
    ...(!isLive && { 'retry-after': '1' }),
  });
  response.end(body);
};

async function openGrpcHealth(address: Address): Promise<GrpcServer> {
  const server = new GrpcServer();
  const status = HealthCheckResponse.fromPartial({ status: ServingStatus.NOT_SERVING });
  server.addService(HealthService, {
    check: (_: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<HealthCheckResponse>) => {
      done(null, status);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(formatAddress(address), ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  return server;
}
