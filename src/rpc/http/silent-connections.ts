import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * Connections on which nobody has asked anything yet, not even in a TLS handshake. Node counts them neither as idle nor
 * as served, and each would hold the end of the server up until its time for headers is over.
 */
export class SilentConnections {
  /** By address: over TLS the socket that was accepted and the one that speaks are two. */
  private readonly silent = new Map<string, Socket>();

  constructor(server: Server) {
    server.on('connection', this.add);
    server.on('secureConnection', (socket: TLSSocket) => {
      this.add(socket);
    });
    server.on('request', ({ socket }: IncomingMessage) => {
      this.heard(socket);
    });
  }

  /** Something was asked on the connection: it ends with its answer. */
  heard(socket: Socket): void {
    this.silent.delete(nameOf(socket));
  }

  /** Cuts them. */
  close(): void {
    for (const socket of this.silent.values()) socket.destroy();
  }

  private readonly add = (socket: Socket): void => {
    const name = nameOf(socket);
    this.silent.set(name, socket);
    socket.on('close', () => {
      if (this.silent.get(name) === socket) this.silent.delete(name);
    });
  };
}

function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
