import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

/** What every HTTP/2 connection begins with, and no HTTP/1.1 request can (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

type Serve = (socket: Socket) => void;

const GONE = ['end', 'error', 'close'] as const;

/**
 * Lets HTTP/2 be spoken on the port of an HTTP/1.1 server, too: told apart by ALPN over TLS, and by the first bytes
 * without.
 */
export function sharePort(server: Server, serveHttp2: Serve): void {
  const isTls = server instanceof TlsServer;
  const event = isTls ? 'secureConnection' : 'connection';
  const [ofNode] = server.listeners(event) as [Serve]; // since the server was made, so it is the first
  server.off(event, ofNode);
  const serveHttp1 = ofNode.bind(server);
  server.on(event, (socket: Socket) => {
    if (!isTls) sortByFirstBytes(socket, server.headersTimeout, serveHttp1, serveHttp2);
    else if ((socket as TLSSocket).alpnProtocol === 'h2') serveHttp2(socket);
    else serveHttp1(socket);
  });
}

/** Hands the connection on as soon as its bytes tell, with all of them; cuts it after `milliseconds`. */
function sortByFirstBytes(
  socket: Socket,
  milliseconds: number,
  serveHttp1: Serve,
  serveHttp2: Serve,
): void {
  let seen = Buffer.alloc(0);
  const gone = (): void => {
    clearTimeout(patience);
    socket.destroy(); // also what the client has only half closed
  };
  const look = (): void => {
    const bytes = socket.read() as Buffer | null;
    if (bytes === null) return;
    seen = Buffer.concat([seen, bytes]);
    const isHttp2 = beginsHttp2(seen);
    if (isHttp2 === undefined) return;
    clearTimeout(patience);
    for (const event of GONE) socket.off(event, gone);
    socket.off('readable', look);
    socket.unshift(seen);
    if (isHttp2) serveHttp2(socket);
    else serveHttp1(socket);
  };
  const patience = setTimeout(gone, milliseconds);
  for (const event of GONE) socket.on(event, gone);
  socket.on('readable', look);
}

/** Undefined: too few bytes to tell. */
function beginsHttp2(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, PREFACE.length);
  if (!bytes.subarray(0, length).equals(PREFACE.subarray(0, length))) return false;
  return length === PREFACE.length ? true : undefined;
}
