import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const JITTER = 0.2;

const oldFrom = new WeakMap<Socket, number>();

/**
 * Notes when each connection will be old: at `maxAgeSeconds`, give or take 10 %, so that clients that came together do
 * not go together. 0: never. The twin of gRPC's GOAWAY at an age.
 */
export function watchConnectionAge(server: Server, maxAgeSeconds: number): void {
  if (maxAgeSeconds === 0) return;
  server.on('connection', noteAge);
  server.on('secureConnection', noteAge); // over TLS requests know this socket, and not the one below it

  function noteAge(socket: Socket): void {
    const jitter = 1 + (Math.random() - 1 / 2) * JITTER;
    oldFrom.set(socket, performance.now() + maxAgeSeconds * jitter * 1000);
  }
}

/** True if the connection should end with the answer that is about to go out. */
export function isOld(socket: Socket): boolean {
  return performance.now() > (oldFrom.get(socket) ?? Number.POSITIVE_INFINITY);
}
