import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

/** What every HTTP/2 connection begins with, and no HTTP/1.1 request can (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

type Serve = (socket: Socket) => void;

/**
 * The port of an HTTP/1.1 server on which HTTP/2 is spoken, too: told apart by ALPN over TLS, and by the first bytes
 * without. To be made before anybody else listens to the server's connections.
 */
export class SharedPort {
  /** Connections that have not yet said what they speak. */
  private readonly silent = new Set<Socket>();
  private readonly serveHttp1: Serve;

  constructor(
    private readonly server: Server,
    private readonly serveHttp2: Serve,
  ) {
    const isTls = server instanceof TlsServer;
    const event = isTls ? 'secureConnection' : 'connection';
    const listeners = server.listeners(event) as Serve[];
    server.removeAllListeners(event);
    this.serveHttp1 = (socket) => {
      for (const listener of listeners) listener.call(server, socket);
    };
    server.on(event, isTls ? this.sortByAlpn : this.sortByFirstBytes);
  }

  /** Cuts the connections that have said nothing: nobody waits for an answer on them. */
  close(): void {
    for (const socket of this.silent) socket.destroy();
  }

  private readonly sortByAlpn = (socket: TLSSocket): void => {
    if (socket.alpnProtocol === 'h2') this.serveHttp2(socket);
    else this.serveHttp1(socket);
  };

  private readonly sortByFirstBytes = (socket: Socket): void => {
    let seen = Buffer.alloc(0);
    const gone = (): void => {
      clearTimeout(patience);
      this.silent.delete(socket);
      socket.destroy(); // also what the client has only half closed
    };
    const look = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      seen = Buffer.concat([seen, bytes]);
      const isHttp2 = beginsHttp2(seen);
      if (isHttp2 === undefined) return;
      clearTimeout(patience);
      this.silent.delete(socket);
      for (const event of GONE) socket.off(event, gone);
      socket.off('readable', look);
      socket.unshift(seen);
      if (isHttp2) this.serveHttp2(socket);
      else this.serveHttp1(socket);
    };
    const patience = setTimeout(gone, this.server.headersTimeout);
    this.silent.add(socket);
    for (const event of GONE) socket.on(event, gone);
    socket.on('readable', look);
  };
}

const GONE = ['end', 'error', 'close'] as const;

/** Undefined: too few bytes to tell. */
function beginsHttp2(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, PREFACE.length);
  if (!bytes.subarray(0, length).equals(PREFACE.subarray(0, length))) return false;
  return length === PREFACE.length ? true : undefined;
}
